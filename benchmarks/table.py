"""Rows as Markdown, and the part of docs/performance.md that they replace."""

import os
import platform
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks.harness import Row

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "performance.md"
BEGIN = "<!-- from here on written by `make bench` -->"
END = "<!-- until here -->"
HEAD = "| | what | ours | theirs | ratio | target | reached |\n|---|---|---:|---:|---:|---:|---|"
VERDICT = {True: "yes", False: "**no**", None: ""}


def table(rows: Sequence[Row]) -> str:
    """The rows as a Markdown table, in the order of the targets."""
    ordered = sorted(rows, key=lambda row: row.target)
    return "\n".join([HEAD, *map(line, ordered)])


def line(row: Row) -> str:
    cells = [str(row.target), row.what, row.ours, row.theirs, row.ratio, row.wanted, VERDICT[row.reached]]
    return f"| {' | '.join(cells)} |"


def document(tables: dict[str, Sequence[Row]]) -> str:
    """One heading and table a database, under a line that says where and when they were measured."""
    parts = [f"Measured on {datetime.now(UTC):%-d %B %Y}: {machine()}."]
    for heading, rows in tables.items():
        parts.append(f"### {heading}\n\n{table(rows)}")
    return "\n\n".join(parts)


def write(text: str, path: Path = DOCUMENT) -> None:
    """Put the text between the two marks of the document."""
    before, rest = path.read_text(encoding="utf-8").split(BEGIN)
    _, after = rest.split(END)
    path.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")


def machine() -> str:
    """Processor, cores and the versions that matter."""
    found = re.search(r"^model name\s*: (.+)$", _read("/proc/cpuinfo"), re.MULTILINE)
    processor = found[1] if found else platform.processor() or platform.machine()
    packages = ", ".join(f"{name} {version(name)}" for name in ("Django", "psycopg", "msgspec"))
    return f"{processor}, {os.cpu_count()} cores, Python {platform.python_version()}, {packages}"


def _read(path: str) -> str:
    return Path(path).read_text(encoding="utf-8") if Path(path).exists() else ""
