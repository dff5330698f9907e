"""The page of a project in a browser: pictures are added where one stands, and the theme can be chosen."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import User
from analyses.tests.factories import BOX, AnalysisFactory, add_annotations
from images.models import Project
from images.tests.factories import ImageFactory, ProjectFactory, picture_bytes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def project(transactional_db: None) -> Project:
    return ProjectFactory(name="Street scenes")


@pytest.fixture
def faults() -> list[str]:
    """What the browser complains about, refused requests apart."""
    return []


@pytest.fixture
def gallery(page: Page, live_server: Any, project: Project, faults: list[str]) -> Page:
    """The project's page, opened by a member."""
    user = User.objects.create_user("one@example.org")
    user.groups.add(project.group)
    client = Client()
    client.force_login(user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda m: faults.append(m.text) if "Content Security Policy" in m.text else None)
    page.goto(live_server.url + reverse("project", args=[project.pk]))
    return page


def choose(gallery: Page, *files: tuple[str, bytes]) -> None:
    with gallery.expect_file_chooser() as chooser:
        gallery.get_by_text("Add pictures").click()
    chooser.value.set_files(
        [{"name": name, "mimeType": "image/jpeg", "buffer": content} for name, content in files]
    )


def test_a_chosen_picture_appears_in_the_grid(gallery, faults):
    choose(gallery, ("cat.jpg", picture_bytes()))
    expect(gallery.locator(".tile__link")).to_have_text("cat.jpg")
    expect(gallery.locator(".tile img")).to_have_js_property("naturalWidth", 40)
    expect(gallery.locator("[data-image-count]")).to_have_text("1 picture")
    assert faults == []


def test_new_pictures_come_first(gallery, project):
    ImageFactory(project=project, filename="old.jpg")
    gallery.reload()
    choose(gallery, ("new.jpg", picture_bytes()))
    expect(gallery.locator(".tile__link")).to_have_text(["new.jpg", "old.jpg"])


def test_a_refused_file_is_told_beside_the_good_one(gallery, faults):
    choose(gallery, ("cat.jpg", picture_bytes()), ("notes.txt", b"hello"))
    expect(gallery.locator("[data-summary]")).to_have_text("1 added · 1 not added")
    expect(gallery.locator("[data-fault]")).to_have_text("notes.txt is not a JPEG, PNG or WebP picture.")
    assert faults == []


def test_dropped_files_are_added(gallery):
    gallery.evaluate(
        """bytes => {
            const transfer = new DataTransfer();
            transfer.items.add(new File([new Uint8Array(bytes)], "dropped.jpg"));
            document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true }));
        }""",
        list(picture_bytes()),
    )
    expect(gallery.locator(".tile__link")).to_have_text("dropped.jpg")


def test_a_new_tile_leads_to_its_picture(gallery, project):
    choose(gallery, ("cat.jpg", picture_bytes()))
    link = gallery.locator(".tile__link")
    expect(link).to_have_text("cat.jpg")
    assert link.get_attribute("href") == reverse("image", args=[project.images.get().pk])


def test_a_thumbnail_that_does_not_come_leaves_a_sign(gallery, project):
    image = ImageFactory(project=project)
    Path(image.file.path).unlink()
    gallery.reload()
    expect(gallery.get_by_label("The picture cannot be shown")).to_be_visible()


def focused(gallery: Page) -> str:
    return gallery.evaluate("document.activeElement.textContent")


def test_arrow_keys_walk_from_card_to_card(gallery, project):
    for name in ("c.jpg", "b.jpg", "a.jpg"):
        ImageFactory(project=project, filename=name)
    gallery.reload()
    gallery.get_by_role("link", name="a.jpg").focus()
    gallery.keyboard.press("ArrowRight")
    gallery.keyboard.press("ArrowRight")
    gallery.keyboard.press("ArrowLeft")
    assert focused(gallery) == "b.jpg"


def test_enter_opens_the_card_in_focus_as_it_was_asked_for(gallery, project):
    analysis = AnalysisFactory(image=ImageFactory(project=project, filename="a.jpg"))
    add_annotations(analysis, BOX)
    gallery.reload()
    gallery.get_by_label("Class").fill("person")
    gallery.keyboard.press("Enter")
    gallery.get_by_role("link", name="a.jpg").focus()
    gallery.keyboard.press("Enter")
    gallery.wait_for_url("**/images/*/**")
    path = f"/images/{analysis.image_id}/?class_name=person#a={analysis.pk}&only=person"
    assert gallery.url.endswith(path)


def test_arrow_keys_in_a_field_stay_there(gallery, project):
    ImageFactory(project=project)
    gallery.reload()
    gallery.get_by_label("Objects").focus()
    gallery.keyboard.press("ArrowRight")
    assert gallery.evaluate("document.activeElement.name") == "min_count"


def test_what_was_not_chosen_stays_out_of_the_address(gallery, project):
    ImageFactory(project=project)
    gallery.reload()
    gallery.get_by_label("Status").select_option("failed")
    gallery.get_by_role("button", name="Show").click()
    expect(gallery.get_by_text("No picture matches")).to_be_visible()
    assert gallery.url.partition("?")[2] == "status=failed"


def test_what_was_found_lies_over_the_thumbnail(gallery, project, faults):
    analysis = AnalysisFactory(image=ImageFactory(project=project))
    add_annotations(analysis, BOX)
    gallery.goto(f"{gallery.url}?class_name=person")
    drawing, picture = gallery.locator(".tile__overlay"), gallery.locator(".tile__image")
    expect(drawing).to_have_js_property("complete", True)
    assert drawing.evaluate("image => image.naturalWidth > 0")
    assert drawing.bounding_box() == picture.bounding_box()
    assert faults == []


def test_the_chosen_theme_outlives_the_page(gallery):
    switch = gallery.locator("[data-theme-switch]")
    switch.click()
    switch.click()
    gallery.reload()
    expect(gallery.locator("html")).to_have_attribute("data-theme", "dark")
