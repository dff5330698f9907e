"""The pictures before and after one, among those that its page was reached from: a gallery's choice and order."""

from typing import Any

from django.http import HttpRequest, HttpResponseRedirect, QueryDict
from django.urls import reverse

from analyses.views.gallery import Choice, viewer_state, with_shown
from images.models import Image
from images.paging import beside


def neighbours(image: Image, choice: Choice) -> tuple[Image | None, Image | None]:
    """Found by their keys, in two queries; `image` has its `page_key`, and need not be among the chosen itself.

    Where the gallery draws what was found, each has the `state` that its card has there.
    """
    chosen = choice.wanted.pictures(Image.objects.filter(project=image.project_id)).only("id", "filename")
    if choice.draws:
        chosen = with_shown(chosen, choice.wanted)
    found = [beside(chosen, image, choice.order, forward) for forward in (False, True)]
    for neighbour in found:
        if neighbour and choice.draws:
            neighbour.state = viewer_state(neighbour.shown_analysis_id, choice.wanted)
    return found[0], found[1]


def back_to(image_id: Any, request: HttpRequest) -> HttpResponseRedirect:
    """To a picture's page from a form on it, which says in `chosen` what gallery the page was reached from."""
    choice = Choice.read(QueryDict(request.POST.get("chosen", "")))
    kept = "" if choice.faults else choice.kept
    return HttpResponseRedirect(reverse("image", args=[image_id]) + (f"?{kept}" if kept else ""))
