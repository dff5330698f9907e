"""Colours of classes are the same on the server and in the browser."""

import json
import subprocess

import pytest
from django.conf import settings

from analyses.palette import COLOURS, colour_of

NAMES = ["person", "car", "traffic light", "", "Straßenbahn", "自転車", "🚲", "a" * 255]
ASK = """
import { CLASS_COLOURS, preferred } from "./static/js/viewer/palette.js";
const names = JSON.parse(process.argv[1]);
console.log(JSON.stringify({ all: CLASS_COLOURS, asked: names.map((name) => CLASS_COLOURS[preferred(name)]) }));
"""


@pytest.mark.node
def test_the_browser_gives_the_same_colours() -> None:
    command = ["node", "--input-type=module", "--eval", ASK, json.dumps(NAMES)]
    said = subprocess.run(command, check=True, capture_output=True, cwd=settings.BASE_DIR).stdout
    assert json.loads(said) == {"all": list(COLOURS), "asked": [colour_of(name) for name in NAMES]}


def test_names_get_the_colours_they_had() -> None:
    assert [colour_of(name) for name in ("person", "car")] == ["#54b4e4", "#b454fc"]
