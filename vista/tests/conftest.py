"""The stand of the browser tests: a picture, a member of its project, a page that keeps its complaints."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from accounts.models import User
from analyses.models import Analysis
from images.models import Image
from images.tests.factories import ImageFactory, picture_bytes
from vista.tests.panes import TOP_A, TOP_B, Panes, wide_box
from vista.tests.viewer import HEIGHT, PASSWORD, REPORT_VIOLATIONS, WIDTH, Viewer, analysed, let_in


@pytest.fixture
def image() -> Image:
    return ImageFactory(
        bytes=picture_bytes("PNG", (WIDTH, HEIGHT)),
        filename="street.png",
        content_type="image/png",
        width=WIDTH,
        height=HEIGHT,
    )


@pytest.fixture
def member(image: Image) -> User:
    user = User.objects.create_user("member@example.org", PASSWORD)
    user.groups.add(image.project.group)
    return user


@pytest.fixture
def complaints(page: Page) -> Iterator[list[str]]:
    """What the browser had to complain of, violations of the policy among it; a test that leaves any fails."""
    found: list[str] = []
    page.on("console", lambda said: said.type in ("error", "warning") and found.append(said.text))
    page.on("pageerror", lambda error: found.append(str(error)))
    page.add_init_script(REPORT_VIOLATIONS)
    yield found
    assert found == []


@pytest.fixture
def origins(page: Page) -> set[str]:
    """The origins that were asked for anything."""
    asked: set[str] = set()
    page.on("request", lambda request: asked.add("{0.scheme}://{0.netloc}".format(urlsplit(request.url))))
    return asked


@pytest.fixture
def viewer(page: Page, live_server: Any, image: Image, member: User, complaints: list[str]) -> Viewer:
    """The viewer of a member."""
    let_in(page, member, live_server.url)
    return Viewer(page, f"{live_server.url}/images/{image.pk}/")


@pytest.fixture
def panes(viewer: Viewer) -> Panes:
    return Panes(viewer.page, viewer.url)


@pytest.fixture
def two(image: Image) -> list[Analysis]:
    """B first: the newest is A."""
    b = analysed(image, wide_box(TOP_B), wide_box(240, confidence=0.3), model_name="detr")
    a = analysed(image, wide_box(TOP_A), model_name="yolo_v8")
    return [a, b]
