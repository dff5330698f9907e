"""A fresh, migrated database for each section: copies of one that was migrated once."""

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from vista.tests.ground import start_postgres

EMPTY = "benchmark_empty"


def environment(url: str, folder: str) -> dict[str, str]:
    """The environment of a process that measures."""
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
        "DATABASE_URL": url,
        "VISTA_DATA_DIR": f"{folder}/data",
    }


def migrate(url: str, folder: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "django", "migrate", "--run-syncdb", "--verbosity", "0"],
        check=True,
        env=environment(url, folder),
    )


class SQLite:
    """One file a section."""

    name = "sqlite"

    def __init__(self, folder: str) -> None:
        self.folder = Path(folder)
        self.empty = self.folder / "empty.sqlite3"
        migrate(f"sqlite:///{self.empty}", folder)

    def fresh(self, number: int) -> str:
        """The URL of a new database."""
        path = self.folder / f"section_{number}.sqlite3"
        shutil.copy(self.empty, path)
        return f"sqlite:///{path}"

    def end(self) -> None:
        """The folder goes with the run."""

    def version(self) -> str:
        return f"SQLite {sqlite3.sqlite_version}"

    def drop(self, number: int) -> None:
        for path in self.folder.glob(f"section_{number}.sqlite3*"):
            path.unlink()


class PostgreSQL:
    """One database a section, on a server of our own, with PostgreSQL's own defaults, or on one that is given."""

    name = "postgres"

    def __init__(self, folder: str, url: str = "") -> None:
        self.url = urlsplit(
            url or start_postgres(Path(tempfile.mkdtemp(prefix="vista-bench-pg-")), options=[])
        )
        self._run(f"DROP DATABASE IF EXISTS {EMPTY}", f"CREATE DATABASE {EMPTY}")
        migrate(self._named(EMPTY), folder)

    def fresh(self, number: int) -> str:
        """The URL of a new database."""
        self.drop(number)
        self._run(f"CREATE DATABASE benchmark_{number} TEMPLATE {EMPTY}")
        return self._named(f"benchmark_{number}")

    def drop(self, number: int) -> None:
        self._run(f"DROP DATABASE IF EXISTS benchmark_{number}")

    def end(self) -> None:
        """Leave nothing behind on a server that was given."""
        self._run(f"DROP DATABASE IF EXISTS {EMPTY}")

    def version(self) -> str:
        with psycopg.connect(self.url.geturl()) as connection:
            return f"PostgreSQL {connection.info.server_version // 10000}"

    def _named(self, database: str) -> str:
        return self.url._replace(path=f"/{database}").geturl()

    def _run(self, *statements: str) -> None:
        with psycopg.connect(self.url.geturl(), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)
