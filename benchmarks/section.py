"""The process that measures one section on one database and writes its rows into a file."""

import gc
import importlib
import json
import sys
from dataclasses import asdict
from pathlib import Path

import django

from benchmarks.harness import Settings

# Section (the number of its target) -> module.
SECTIONS = {
    1: "benchmarks.bulk",
    2: "benchmarks.copy_share",
    3: "benchmarks.growth",
    4: "benchmarks.payload",
    5: "benchmarks.exports",
    6: "benchmarks.gallery",
    7: "benchmarks.viewer",
    8: "benchmarks.callbacks",
    9: "benchmarks.comparison",
}

if __name__ == "__main__":
    section, settings, result = json.loads(sys.argv[1])
    django.setup()
    module = importlib.import_module(SECTIONS[section])
    gc.freeze()  # what is loaded stays loaded: nobody's timing pays for looking at it
    rows = module.rows(Settings(**settings))
    Path(result).write_text(json.dumps([asdict(row) for row in rows]))
