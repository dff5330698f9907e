"""Writes `.env` before Django can run: `python -m vista.envfile [PATH]` adds what is missing, nothing else."""

import os
import re
import secrets
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

ASSIGNMENT = re.compile(r"(?:export )?([A-Za-z_][A-Za-z_0-9]*)=(.*)")
EMPTY = ("", '""', "''")


class Entry(NamedTuple):
    """One variable: `make` gives its value, hexadecimal or plain words, so that a shell can source the file."""

    name: str
    make: Callable[[], str]
    comment: str
    is_secret: bool = False


ENTRIES = [
    Entry("SECRET_KEY", lambda: secrets.token_hex(32), "Signs sessions and upload URLs.", is_secret=True),
    Entry("ML_ANALYSIS_ENABLED", lambda: "true", "false: the endpoints answer 404 and the pages hide them."),
    Entry(
        "ML_CALLBACK_HMAC_SECRET",
        lambda: secrets.token_hex(32),
        "What pipelines sign with; several, separated by commas, while you rotate it.",
        is_secret=True,
    ),
    Entry(
        "ML_ALLOWED_MODELS",
        lambda: "yolo_v8,resnet50,custom_model,test_model",
        "Models that may post analyses, beside those of the admin.",
    ),
]
HEADING = "# Settings of this VISTA; docs/deployment.md lists all of them. Keep this file to yourself.\n"


def completed(text: str) -> tuple[str, list[str]]:
    """`text` with a line for each entry it lacks, and the names of what was added.

    A secret that is there and empty is filled in; every other line stays as it is.
    """
    lines = text.splitlines(keepends=True)
    found: dict[str, tuple[int, str]] = {}
    for index, line in enumerate(lines):
        if match := ASSIGNMENT.fullmatch(line.rstrip("\r\n")):
            found[match[1]] = (index, match[2])
    added = []
    for entry in ENTRIES:
        if entry.name not in found:
            if lines and not lines[-1].endswith("\n"):
                lines[-1] += "\n"
            lines.append(f"\n# {entry.comment}\n{entry.name}={entry.make()}\n")
        elif entry.is_secret and found[entry.name][1].strip() in EMPTY:
            lines[found[entry.name][0]] = f"{entry.name}={entry.make()}\n"
        else:
            continue
        added.append(entry.name)
    return "".join(lines), added


def complete_file(path: Path) -> list[str]:
    """Complete the file at `path`, made with mode 0600 where there is none; returns the names added.

    The whole file is swapped in at once: nobody ever reads half of it.
    """
    path = path.resolve()  # a link stays a link
    text, added = completed(path.read_text(encoding="utf-8") if path.exists() else HEADING)
    if not added:
        return []
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".env.")  # mkstemp gives mode 0600
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
    return added


def main(arguments: list[str]) -> int:
    path = Path(arguments[0]) if arguments else Path(__file__).resolve().parent.parent / ".env"
    try:
        added = complete_file(path)
    except (OSError, UnicodeError) as error:
        print(f"{path} could not be written: {error}", file=sys.stderr)
        return 1
    if added:
        print(f"Wrote {', '.join(added)} to {path}.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
