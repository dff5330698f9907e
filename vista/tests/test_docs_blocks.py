"""Every block of code in the documents is run, checked or listed with the reason why not, by invisible marks above it.

    <!-- walk: NAME -->     run by bash, after the blocks of the same walk above it, in a copy of the checkout
    <!-- file: NAME -->     saved as this file for the walks of the document
    <!-- python: NAMES -->  run by Python, in which these names are known
    <!-- tested in: PATH --> and, in the API guide, the marks of test_api_guide.py: another test does it
    <!-- not run: REASON -->

JSON is at least read. A block without any of this fails.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection

from accounts.models import User
from accounts.tests.factories import ApiKeyFactory
from analyses.models import Analysis, Status
from analyses.tests.factories import SECRET
from images.models import Image
from images.tests.factories import ImageFactory, picture_bytes

ROOT = settings.BASE_DIR
DOCUMENTS = [*sorted(ROOT.glob("docs/*.md")), ROOT / "README.md", ROOT / "scripts" / "README_YOLOV8.md"]
FENCE = re.compile(
    r"((?:^ *<!-- [^\n]+ -->\n)*)^( *)(`{3,}|~{3,})([^\n`]*)\n(.*?)^\2\3 *$", re.MULTILINE | re.DOTALL
)
MARK = re.compile(r"<!-- ([\w ]+): ([^\n]+) -->")
PICTURE = "street.jpg"
COCO = {  # what somebody has who imports a file
    "images": [{"id": 1, "file_name": PICTURE, "width": 40, "height": 30}],
    "categories": [{"id": 1, "name": "car"}],
    "annotations": [
        {"id": 1, "image_id": 1, "category_id": 1, "bbox": [5, 5, 10, 10], "area": 100, "iscrowd": 0}
    ],
}
ADDRESS = "http://localhost:8000"
OWNER = "admin@example.com"  # whom `make run` makes, and the documents speak of
NEWCOMERS = "docs/pipelines.md"
# Marks of the API guide whose blocks vista/tests/test_api_guide.py runs or compares.
OF_THE_GUIDE = {"run", "vector", "list", "syntax"}
# Drawn by what shows the document.
DRAWINGS = {"mermaid"}


@dataclass(frozen=True)
class Block:
    """A fenced block: where it is, its language, its code and its marks."""

    document: str
    line: int
    language: str
    code: str
    marks: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return f"{self.document}:{self.line}"

    def given(self, kind: str) -> list[str]:
        return [text for name, text in self.marks if name == kind]


def blocks_of(path: Path) -> list[Block]:
    text = path.read_text(encoding="utf-8")
    name = str(path.relative_to(ROOT))
    return [
        Block(
            document=name,
            line=text.count("\n", 0, match.start(3)) + 1,
            language=match[4].strip(),
            code=match[5],
            marks=tuple(MARK.findall(match[1])),
        )
        for match in FENCE.finditer(text)
    ]


BLOCKS = [block for path in DOCUMENTS for block in blocks_of(path)]


def walks() -> Iterator[Any]:
    """Document and name of each, marked with the programs it needs."""
    for document, name in sorted({(b.document, name) for b in BLOCKS for name in b.given("walk")}):
        code = "".join(b.code for b in BLOCKS if b.document == document and name in b.given("walk"))
        needed = [program for program in ("node", "curl") if re.search(rf"\b{program} ", code)]
        yield pytest.param(document, name, marks=[getattr(pytest.mark, program) for program in needed])


# --- each has a treatment -------------------------------------------------------------------------------------
def treatment(block: Block) -> str:
    """What happens to a block, in a word; raises LookupError where nothing does."""
    kinds = {name for name, _ in block.marks}
    if "not run" in kinds or block.language in DRAWINGS:
        return "not run"
    if kinds & {"walk", "file", "python"} or block.language == "json":
        return "here"
    if "tested in" in kinds or (block.document == "docs/api-guide.md" and kinds & OF_THE_GUIDE):
        return "elsewhere"
    raise LookupError(
        f"{block}: nothing runs this {block.language or 'nameless'} block, and no reason is given"
    )


@pytest.mark.parametrize("block", BLOCKS, ids=str)
def test_a_block_is_run_or_has_a_reason(block: Block) -> None:
    assert treatment(block)


def test_no_block_escapes() -> None:
    """Each line that begins with three back-ticks opens or closes a block that was found."""
    fences = sum(len(re.findall(r"^ *(?:```|~~~)", path.read_text(), re.MULTILINE)) for path in DOCUMENTS)
    assert fences == 2 * len(BLOCKS)


@pytest.mark.parametrize("language", ["sh", "python", "js", "", "text"])
def test_a_new_block_without_a_mark_is_seen(language: str) -> None:
    with pytest.raises(LookupError):
        treatment(Block("docs/new.md", 1, language, "true\n", ()))


@pytest.mark.parametrize("block", [b for b in BLOCKS if b.language == "json"], ids=str)
def test_json_is_json(block: Block) -> None:
    assert json.loads(block.code) is not None


@pytest.mark.parametrize("block", [b for b in BLOCKS if b.given("tested in")], ids=str)
def test_the_test_that_is_named_reads_the_document(block: Block) -> None:
    (named,) = block.given("tested in")
    assert f'"{Path(block.document).name}"' in (ROOT / named).read_text(encoding="utf-8")


@pytest.mark.parametrize("block", [b for b in BLOCKS if b.given("file")], ids=str)
def test_a_file_is_used_by_a_walk(block: Block) -> None:
    (name,) = block.given("file")
    assert any(name in b.code for b in BLOCKS if b.document == block.document and b.given("walk"))


def test_every_path_of_the_developer_guide_exists() -> None:
    text = (ROOT / "docs" / "developer-guide.md").read_text(encoding="utf-8")
    paths = set(re.findall(r"`((?:[a-z_]+/)+[\w.*]*)`", text))
    assert {"analyses/formats/readers.py", "scripts/tests/"} <= paths
    assert [path for path in sorted(paths) if not any(ROOT.glob(path.rstrip("/")))] == []


# --- those that are run ---------------------------------------------------------------------------------------
Walk = Callable[[str, str], str]


def database_url() -> str:
    """The test's own database, for programs beside the tests."""
    given = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{given['NAME']}"
    login = given["USER"] + (f":{given['PASSWORD']}" if given["PASSWORD"] else "")
    host, port = given["HOST"] or given["OPTIONS"]["host"], given["PORT"] or 5432
    return f"postgres://{login}@/{given['NAME']}?host={host}&port={port}"


@pytest.fixture
def owner(db: None) -> User:
    return User.objects.create_superuser(OWNER, "a-password-of-the-tests")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What a reader has in front of them: the checkout with its environment, `.env`, and two pictures of their own."""
    folder = tmp_path / "checkout"
    shutil.copytree(
        ROOT / "scripts", folder / "scripts", ignore=shutil.ignore_patterns("node_modules", "tests")
    )
    (folder / "manage.py").symlink_to(ROOT / "manage.py")
    (folder / ".venv").symlink_to(sys.prefix)
    (folder / ".env").write_text(f"ML_CALLBACK_HMAC_SECRET={SECRET}\n")
    (folder / "my_pictures").mkdir()
    for name, size in (("first.jpg", (64, 48)), ("second.jpg", (48, 64))):
        (folder / "my_pictures" / name).write_bytes(picture_bytes(size=size))
    (folder / "instances.json").write_text(json.dumps(COCO))
    return folder


@pytest.fixture
def walk(live_server: Any, owner: User, checkout: Path, tmp_path: Path) -> Walk:
    """`walk("docs/pipelines.md", "python")` runs the blocks of a walk in one shell; returns what it prints."""
    image = ImageFactory(filename=PICTURE, project__group=Group.objects.create(name="Street"))
    environment = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "vista.settings",
        "DATABASE_URL": database_url(),
        "SECRET_KEY": os.environ["SECRET_KEY"],
        "VISTA_DATA_DIR": str(tmp_path),  # where the live server keeps its files too
        "VISTA_DB_POOL": "0",
        "BASE_URL": live_server.url,
        "NO_PROXY": "localhost,127.0.0.1",
        "TMPDIR": str(tmp_path),
        "PROJECT_ID": str(image.project.pk),
        "IMAGE_ID": str(image.pk),
        # What a document leaves to its reader: NAME=… is filled in with these.
        "GIVEN_API_KEY": ApiKeyFactory(user=owner).secret,
        "GIVEN_ML_CALLBACK_HMAC_SECRET": SECRET,
        "GIVEN_IMAGE_ID": str(image.pk),
    }

    def run(document: str, name: str) -> str:
        its = [block for block in BLOCKS if block.document == document]
        for block in its:
            for file in block.given("file"):
                (checkout / file).write_text(block.code, encoding="utf-8")
        # The page for newcomers has them make a key; elsewhere it is there.
        more = {} if document == NEWCOMERS else {"API_KEY": environment["GIVEN_API_KEY"]}
        script = "\n".join(block.code for block in its if name in block.given("walk"))
        script = re.sub(r"\b([A-Z_]+)=…", r'\1="$GIVEN_\1"', script.replace(ADDRESS, live_server.url))
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            env=environment | more,
            cwd=checkout,
            capture_output=True,
            encoding="utf-8",
            timeout=110,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert (
            '"detail"' not in done.stdout
        )  # curl takes a refusal for a success, unless it is told otherwise
        return done.stdout

    return run


OUTCOMES: dict[tuple[str, str], list[str]] = {
    ("docs/api-guide.md", "coco"): ["ground_truth 2026-01"],
    ("docs/api-guide.md", "quickstart"): ["test_model 1.0.0"],
    ("docs/api-guide.md", "repository"): ["test_model 1.0.0"],
    (NEWCOMERS, "curl"): ["custom_model 1.0.0-curl"],
    (NEWCOMERS, "node"): ["custom_model 1.0.0-node"] * 2,
    (NEWCOMERS, "python"): ["custom_model 1.0.0"] * 2,
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("document", "name"), list(walks()))
def test_a_walk_leads_to_completed_analyses(walk: Walk, document: str, name: str) -> None:
    walk(document, name)
    call_command("work", once=True)  # what a running VISTA has beside it
    found = Analysis.objects.filter(status=Status.COMPLETED)
    assert [f"{a.model_name} {a.model_version}" for a in found] == OUTCOMES[document, name]
    assert found.count() == Analysis.objects.count()


@pytest.mark.django_db(transaction=True)
def test_the_model_of_the_page_finds_the_bright_half(walk: Walk) -> None:
    said = walk(NEWCOMERS, "python")
    assert "2 analyses completed with 4 annotations, 0 failed." in said
    analysis = Analysis.objects.get(image__filename="first.jpg")
    box, heatmap = analysis.annotations.all()
    x, _, width, height = box.data["bbox"]
    assert x + width <= 32  # the left half is red, which is brighter than blue
    assert (width, height) == (8, 6)
    assert heatmap.data["artifact_name"] == "heatmap.png"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("block", [b for b in BLOCKS if b.given("python")], ids=str)
def test_a_piece_of_python(
    live_server: Any, owner: User, monkeypatch: pytest.MonkeyPatch, block: Block
) -> None:
    image: Image = ImageFactory()
    known = {
        "json": json,
        "body": b'{"b": 1.0, "a": 1e-7}',
        "hmac_secret": SECRET,
        "api_key": ApiKeyFactory(user=owner).secret,
        "image_id": str(image.pk),
    }
    (names,) = block.given("python")
    monkeypatch.syspath_prepend(ROOT / "scripts")
    code = compile(block.code.replace(ADDRESS, live_server.url), block.document, "exec")
    exec(code, {name: known[name] for name in names.split(", ")})  # noqa: S102 - our own document
    assert {a.status for a in Analysis.objects.all()} <= {Status.COMPLETED}
