"""Takes the pictures of docs/images anew, from the demo of a running `make run`: `make screenshots`."""

# ruff: noqa: E402 - Django is set up before its models are imported

import io
import json
import os
import sys
from pathlib import Path
from urllib.parse import urlencode

import django

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vista.settings")
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's loop runs in this thread
django.setup()

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from PIL import Image as Pillow
from playwright.sync_api import Page, sync_playwright

from accounts.models import User
from analyses.models import Analysis
from conftest import CHROMIUM, QUIET
from images.models import Image, Project

DESK, TABLET, PHONE = (1440, 900), (1024, 768), (390, 844)
THEMES = ["light", "dark"]
DRAWERS = {TABLET[0]: "Objects and information", PHONE[0]: "Analyses, layers and filters"}
WIDEST, QUALITY = 1200, 80
PICTURE = "dog_and_bicycle.jpg"
COMPARED, MODELS = "walker.jpg", ["centernet", "movenet", "opencv_hog", "opencv_saliency"]
# Two that see people, as boxes and as poses; the rest of what the first one sees is what they disagree on.
PAIR, THRESHOLDS = ["centernet", "movenet"], {"threshold_a": "0.3", "threshold_b": "0.3"}
DISPUTED, DETECTORS = "coins.png", ["centernet", "opencv_haar"]
BASE_URL = os.environ.get("VISTA_BASE_URL") or f"http://localhost:{os.environ.get('PORT', '8000')}"


def session_of_the_admin() -> str:
    """A session as the login page makes it; the key is the cookie's value."""
    admin = User.objects.filter(is_superuser=True).earliest("pk")
    session = SessionStore()
    session[SESSION_KEY] = str(admin.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = admin.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def take(page: Page, name: str) -> None:
    """Photograph the page when nothing loads any more; 256 colours keep the file small."""
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)  # the last frame is drawn
    shot = Pillow.open(io.BytesIO(page.screenshot())).convert("RGB")
    target = ROOT / "docs" / "images" / name
    target.parent.mkdir(exist_ok=True)
    width = min(shot.width, WIDEST)
    shot = shot.resize((width, round(shot.height * width / shot.width)), Pillow.Resampling.LANCZOS)
    shot.save(target, quality=QUALITY, method=6)
    print(f"{target.relative_to(ROOT)}: {target.stat().st_size:,} bytes")


def take_modes(page: Page) -> None:
    """Several models on one picture, side by side."""
    image = Image.objects.get(filename=COMPARED, project__name="Demo")
    analyses = [Analysis.objects.filter(image=image, model_name=name).latest("pk").pk for name in MODELS]
    page.goto(f"{BASE_URL}/images/{image.pk}/#a={','.join(map(str, analyses))}&m=side&t=0.2")
    page.wait_for_selector("vista-viewer[data-live][aria-busy=false]")
    take(page, "viewer-side-1440-dark.webp")


def take_differences(page: Page) -> None:
    """Two detectors and where they differ; one of the differences is chosen."""
    image = Image.objects.get(filename=DISPUTED, project__name="Demo")
    analyses = [Analysis.objects.filter(image=image, model_name=name).latest("pk").pk for name in DETECTORS]
    page.goto(f"{BASE_URL}/images/{image.pk}/#a={','.join(map(str, analyses))}&tab=compare&by=verdict&o=")
    page.wait_for_selector("vista-viewer[data-live][aria-busy=false]")
    for _ in range(2):
        page.keyboard.press("n")
    take(page, "viewer-compare-1440-light.webp")


def comparison(project: Project) -> str:
    """Where the pair is compared across the project."""
    found = Analysis.objects.filter(image__project=project)
    models = {
        key: "@".join(found.filter(model_name=name).values_list("model_name", "model_version")[0])
        for key, name in zip("ab", PAIR, strict=True)
    }
    return f"/projects/{project.pk}/compare/?{urlencode(models | THRESHOLDS)}"


def take_comparison(page: Page, project: Project, width: int, theme: str) -> None:
    """The comparison across the project; on a desk its curves too, and the way from there to a picture."""
    page.goto(BASE_URL + comparison(project))
    take(page, f"compare-{width}-{theme}.webp")
    if width != DESK[0]:
        return
    page.locator("#curves").evaluate("(element) => element.scrollIntoView()")
    take(page, f"compare-curves-{width}-{theme}.webp")
    page.get_by_role("link", name=COMPARED).click()
    page.wait_for_selector("vista-viewer[data-live][aria-busy=false]")
    take(page, f"viewer-verdicts-{width}-{theme}.webp")
    page.keyboard.press("4")
    take(page, f"viewer-swipe-{width}-{theme}.webp")


def truth(page: Page, project: Project) -> bytes:
    """A COCO file as people send it: most fits, one box is wrong and one picture is not in the project."""
    query = urlencode({"format": "coco", "model_name": DETECTORS[0], "min_confidence": "0.3"})
    file = page.request.get(f"{BASE_URL}/api/projects/{project.pk}/export?{query}").json()
    file["annotations"][3]["bbox"][2] = -4
    file["images"][-1]["file_name"] = "harbour.jpg"
    return json.dumps(file).encode()


def take_ground_truth(page: Page, project: Project, width: int, theme: str) -> None:
    """The page that imports; on a bright desk also the report of a file, which is checked and not stored."""
    page.goto(f"{BASE_URL}/projects/{project.pk}/reference")
    file = {"name": "instances.json", "mimeType": "application/json", "buffer": truth(page, project)}
    page.get_by_label("COCO file").set_input_files(file)
    take(page, f"ground-truth-{width}-{theme}.webp")
    if (width, theme) != (DESK[0], "light"):
        return
    page.get_by_label("Only check").check()
    page.get_by_role("button", name="Import").click()
    page.get_by_role("heading", name="Report").wait_for()
    take(page, f"import-report-{width}-{theme}.webp")


def take_download(page: Page, project: Project, width: int, theme: str) -> None:
    """The page of downloads, with a format and a model chosen."""
    query = urlencode({"format": "coco", "model_name": DETECTORS[0], "min_confidence": "0.3"})
    page.goto(f"{BASE_URL}/projects/{project.pk}/export?{query}")
    take(page, f"download-{width}-{theme}.webp")


def main() -> None:
    image = Image.objects.filter(filename=PICTURE, project__name="Demo").first()
    if image is None:
        sys.exit("There is no demo to photograph; start `make run` first.")
    detector = Analysis.objects.filter(image=image, model_name="centernet").latest("pk")
    viewer, gallery = f"/images/{image.pk}/#a={detector.pk}&t=0.2", f"/projects/{image.project_id}/"
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session_of_the_admin(), "url": BASE_URL}
    with sync_playwright() as playwright:
        arguments = [*QUIET, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        for theme in THEMES:
            for width, height in (DESK, TABLET, PHONE):
                size = {"width": width, "height": height}
                context = browser.new_context(viewport=size, color_scheme=theme)
                context.add_cookies([cookie])
                page = context.new_page()
                page.goto(BASE_URL + viewer)
                page.wait_for_selector("vista-viewer[data-live][aria-busy=false]")
                if width < DESK[0]:
                    page.get_by_role("button", name=DRAWERS[width]).click()
                take(page, f"viewer-{width}-{theme}.webp")
                page.goto(BASE_URL + gallery)
                take(page, f"gallery-{width}-{theme}.webp")
                take_comparison(page, image.project, width, theme)
                if width != TABLET[0]:
                    take_ground_truth(page, image.project, width, theme)
                    take_download(page, image.project, width, theme)
                if (width, theme) == (DESK[0], "dark"):
                    take_modes(page)
                if (width, theme) == (DESK[0], "light"):
                    take_differences(page)
                context.close()
        browser.close()


if __name__ == "__main__":
    main()
