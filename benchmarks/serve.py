"""gunicorn with VISTA's own gunicorn.conf.py and the settings of the benchmarks; callbacks.py starts it."""

import sys
from pathlib import Path

from gunicorn.app.wsgiapp import run

# First, so that gunicorn.conf.py finds vista.settings as the benchmarks have read it.
from benchmarks import settings  # noqa: F401

if __name__ == "__main__":
    configuration = Path(__file__).resolve().parent.parent / "gunicorn.conf.py"
    sys.argv = ["gunicorn", "--config", str(configuration), "--bind", sys.argv[1], "vista.wsgi:application"]
    run()
