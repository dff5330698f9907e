"""A fresh process that prints how many megabytes one act adds to it; harness.added_memory starts it."""

import gc
import importlib
import json
import sys

import django

from benchmarks.harness import Settings, peak_of

if __name__ == "__main__":
    django.setup()
    settings, name, arguments = json.loads(sys.argv[1])
    module, _, function = name.partition(":")
    timed = getattr(importlib.import_module(module), function)(Settings(**settings), *arguments)
    gc.freeze()
    sys.stdout.write(f"{peak_of(timed):.3f}")
