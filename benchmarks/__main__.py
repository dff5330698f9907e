"""`python -m benchmarks`: measures section by section, prints the tables and, with --write, keeps them."""

import json
import shutil
import subprocess
import sys
import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path

from tqdm import tqdm

from benchmarks import table
from benchmarks.databases import PostgreSQL, SQLite, environment
from benchmarks.harness import Row, Settings
from benchmarks.section import SECTIONS


def main() -> None:
    options = read_options()
    with folder_of_this_run() as folder:
        tables = {}
        for server in servers(options, folder):
            tables[server.version()] = measure_all(server, options, folder)
            server.end()
    text = table.document(tables)
    sys.stdout.write(text + "\n")
    if options.write:
        table.write(text)


def read_options() -> Namespace:
    parser = ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes, few runs: 2 minutes, no verdicts")
    parser.add_argument("--only", default="", metavar="1,3", help="the numbers of some targets")
    parser.add_argument("--database", choices=["sqlite", "postgres", "both"], default="both")
    parser.add_argument("--write", action="store_true", help="write the tables into docs/performance.md")
    parser.add_argument("--runs", type=int, help="measured runs of everything; 5, or 3 when quick")
    parser.add_argument("--shrink", type=int, help="divide all sizes by this; 1, or 20 when quick")
    parser.add_argument(
        "--port", type=int, default=0, help="for the server of target 8; any free one by default"
    )
    parser.add_argument(
        "--postgres-url", default="", help="a server to make databases on, instead of one of our own"
    )
    options = parser.parse_args()
    options.runs = options.runs or (3 if options.quick else 5)
    options.shrink = options.shrink or (20 if options.quick else 1)
    options.sections = sorted({int(number) for number in options.only.split(",") if number} or SECTIONS)
    if unknown := set(options.sections) - set(SECTIONS):
        parser.error(f"--only takes {', '.join(map(str, SECTIONS))}, got {', '.join(map(str, unknown))}")
    if options.write and (options.only or options.shrink > 1 or options.database != "both"):
        parser.error("--write takes a whole run: no --quick, --only, --shrink or --database beside it")
    return options


def servers(options: Namespace, folder: str) -> Iterator[SQLite | PostgreSQL]:
    if options.database in ("both", "postgres"):
        yield PostgreSQL(folder, options.postgres_url)
    if options.database in ("both", "sqlite"):
        yield SQLite(folder)


@contextmanager
def folder_of_this_run() -> Iterator[str]:
    folder = tempfile.mkdtemp(prefix="vista-bench-")
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def measure_all(server: SQLite | PostgreSQL, options: Namespace, folder: str) -> list[Row]:
    """Every section in a process and on a database of its own."""
    settings = Settings(server.name, folder, options.runs, options.shrink, options.port)
    rows: list[Row] = []
    for section in tqdm(options.sections, desc=server.name, disable=None):
        url = server.fresh(section)
        rows += measure(section, settings, url)
        server.drop(section)
    return rows


def measure(section: int, settings: Settings, url: str) -> list[Row]:
    result = Path(settings.folder) / "rows.json"
    subprocess.run(  # noqa: S603 - our own module
        [sys.executable, "-m", "benchmarks.section", json.dumps([section, asdict(settings), str(result)])],
        check=True,
        env=environment(url, settings.folder),
    )
    rows = [Row(**row) for row in json.loads(result.read_text())]
    return rows if settings.shrink == 1 else [replace(row, reached=None) for row in rows]


if __name__ == "__main__":
    main()
