"""Target 6: the page of a project with a million pictures, an analysis each: any page as quick as the first."""

from functools import partial
from uuid import UUID

from django.conf import settings as django_settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from analyses.views.gallery import PICTURES_A_PAGE
from benchmarks import calls, seeds
from benchmarks.harness import Row, Settings, flat, race
from images.models import Project

PICTURES = {"postgres": 1_000_000, "sqlite": 100_000}
AT_MOST = 1.5


class NotConstant(Exception):
    """A page that needs another number of queries than the first."""


def rows(settings: Settings) -> list[Row]:
    pictures = max(settings.size(PICTURES[settings.database]), 4 * PICTURES_A_PAGE)
    few = PICTURES_A_PAGE
    headers = logged_in(seeds.make_user())
    large, small = project_of(pictures, first=1), project_of(few, first=pictures + 1)
    seeds.settle()
    pages = {
        "first": calls.prepare("GET", f"/projects/{large.pk}/", headers=headers),
        "second": page_after(large, pictures - PICTURES_A_PAGE, headers),
        "middle": page_after(large, pictures // 2, headers),
        "last": page_after(large, PICTURES_A_PAGE + 1, headers),
        "by model": calls.prepare(
            "GET", f"/projects/{large.pk}/?model_name=benchmark_model", headers=headers
        ),
        "by name": calls.prepare("GET", f"/projects/{large.pk}/?sort=name", headers=headers),
        "small": calls.prepare("GET", f"/projects/{small.pk}/", headers=headers),
    }
    check_queries(pages)
    acts = [partial(ready, call) for call in pages.values()]
    first, *others, in_small = race(settings, f"gallery of {pictures:,} pictures", *acts, times=4)
    return [
        flat(
            6,
            f"{name} page of a gallery of {pictures:,} pictures, against the first",
            taken,
            first,
            at_most=AT_MOST,
        )
        for name, taken in zip(list(pages)[1:], others, strict=False)
    ] + [flat(6, f"first page of a gallery of {pictures:,} pictures, against {few:,}", first, in_small)]


def project_of(pictures: int, first: int) -> Project:
    """A project of so many pictures, an analysis each; their ids count up from `first`."""
    image = seeds.make_image()
    analysis = seeds.make_analysis(image)
    seeds.multiply(image, pictures, first)
    seeds.multiply(analysis, pictures, first, image_id=seeds.as_uuid("n"))
    Project.objects.filter(pk=image.project_id).recount()
    return image.project


def logged_in(user: User) -> dict[str, str]:
    client = Client()
    client.force_login(user)
    return {"Cookie": f"{django_settings.SESSION_COOKIE_NAME}={client.session.session_key}"}


def page_after(project: Project, number: int, headers: dict[str, str]) -> calls.Call:
    """The page that begins after the picture with this number; the newest has the highest."""
    return calls.prepare("GET", f"/projects/{project.pk}/?after={UUID(int=number)}", headers=headers)


def ready(call: calls.Call) -> calls.Call:
    """Nothing to prepare."""
    return call


def check_queries(pages: dict[str, calls.Call]) -> None:
    """Raises NotConstant unless every page takes as many queries as the others."""
    counts = {}
    for name, call in pages.items():
        with CaptureQueriesContext(connection) as queries:
            call()
        counts[name] = len(queries)
    if len(set(counts.values())) > 1:
        raise NotConstant(f"queries of the pages: {counts}")
