"""The page of a project."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from analyses.models import Analysis, Status
from analyses.tests.factories import AnalysisFactory
from analyses.views import gallery
from images.models import Project
from images.tests.factories import ImageFactory, ProjectFactory


@pytest.fixture
def project(db: None) -> Project:
    return ProjectFactory(name="Street scenes", description="Crossings at noon.")


@pytest.fixture
def look(project: Project) -> Any:
    """The text of the project's page as a member sees it; tags become spaces."""
    user = User.objects.create_user("one@example.org")
    user.groups.add(project.group)
    client = Client()
    client.force_login(user)

    def load(query: str = "") -> str:
        answer = client.get(reverse("project", args=[project.pk]) + query)
        assert answer.status_code == 200
        load.html = answer.content.decode()
        shown = re.sub(r"(?s)<template.*?</template>", "", load.html.partition("<main")[2])
        return " ".join(re.sub(r"<[^>]+>", " ", shown).split())

    return load


def test_the_head_names_and_describes_the_project(project, look):
    ImageFactory(project=project)
    assert "Street scenes Crossings at noon. 1 picture" in look()


def test_each_picture_links_to_its_page(project, look):
    image = ImageFactory(project=project)
    look()
    assert f'href="{reverse("image", args=[image.pk])}"' in look.html


def test_each_picture_shows_its_thumbnail(project, look):
    image = ImageFactory(project=project)
    look()
    assert f'src="{reverse("read_thumbnail", args=[image.pk])}?size=256"' in look.html


def test_pictures_of_other_projects_stay_there(project, look):
    ImageFactory(filename="elsewhere.jpg")
    assert "elsewhere.jpg" not in look()


def test_a_picture_without_analyses_says_so(project, look):
    ImageFactory(project=project, filename="cat.jpg")
    assert "cat.jpg not analysed" in look()


def test_the_latest_status_counts(project, look):
    image = ImageFactory(project=project, filename="cat.jpg")
    AnalysisFactory(image=image).move_to(Status.COMPLETED)
    AnalysisFactory(image=image).move_to(Status.PROCESSING)
    assert "cat.jpg 2 analyses, the latest processing" in look()


def test_one_analysis_is_singular(project, look):
    AnalysisFactory(image=ImageFactory(project=project)).move_to(Status.FAILED)
    assert "1 analysis, the latest failed" in look()


def test_a_silent_analysis_is_shown_as_stalled(project, look, settings):
    AnalysisFactory(image=ImageFactory(project=project))
    long_ago = timezone.now() - timedelta(seconds=settings.ML_STALLED_AFTER_SECONDS + 1)
    Analysis.objects.update(updated_at=long_ago)
    assert "the latest stalled" in look()


def test_switched_off_analyses_are_not_mentioned(project, look, settings):
    AnalysisFactory(image=ImageFactory(project=project))
    settings.ML_ANALYSIS_ENABLED = False
    assert re.search("analys|queued", look()) is None


def test_an_empty_project_asks_for_pictures(look):
    assert "No pictures yet" in look()


def test_beyond_the_last_picture_there_is_a_way_back(project, look):
    image = ImageFactory(project=project)
    assert "No pictures on this page Go to the first ones." in look(f"?after={image.pk}")


def test_names_are_text(project, look):
    ImageFactory(project=project, filename="<img src=x onerror=alert(1)>.jpg")
    look()
    assert "<img src=x" not in look.html


def shown(html: str) -> list[str]:
    return re.findall(r'class="tile__link"\s+href="/images/([0-9a-f-]+)/"', html)


def test_pages_go_on_and_back(project, look, monkeypatch):
    monkeypatch.setattr(gallery, "PICTURES_A_PAGE", 2)
    ids = [str(ImageFactory(project=project).pk) for _ in range(5)][::-1]
    look()
    first = shown(look.html)
    look(re.search(r'rel="next"\s+href="([^"]+)"', look.html)[1])
    second = shown(look.html)
    look(re.search(r'rel="prev"\s+href="([^"]+)"', look.html)[1])
    assert (first, second, shown(look.html)) == (ids[:2], ids[2:4], ids[:2])


@pytest.mark.parametrize("count", [3, 30])
def test_the_page_asks_a_constant_number_of_queries(project, look, count, django_assert_num_queries):
    for image in ImageFactory.create_batch(count, project=project):
        AnalysisFactory.create_batch(2, image=image)
    with django_assert_num_queries(7):  # session, user, project, suggestions (2), pictures, their analyses
        look()
    assert len(shown(look.html)) == count


def test_strangers_cannot_tell_a_project_from_nothing(stranger_client, project):
    assert stranger_client.get(reverse("project", args=[project.pk])).status_code == 404


def test_nobody_is_sent_to_the_login_page(client, project):
    answer = client.get(reverse("project", args=[project.pk]))
    assert answer["Location"].startswith(reverse("login"))
