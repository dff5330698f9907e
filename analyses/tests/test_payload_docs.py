"""docs/payload.md keeps its word: the example's bytes are the encoder's, and every column is described."""

import json
import re
from pathlib import Path
from typing import Any

from django.conf import settings

from analyses.payload import decode, encode
from analyses.payload.container import DTYPES
from analyses.tests.test_payload_sample import HEADER, SENT, rows_of

TEXT = (Path(settings.BASE_DIR) / "docs" / "payload.md").read_text(encoding="utf-8")
EXAMPLE = TEXT[TEXT.index("## An example") :]
BLOCKS = re.findall(r"^```(?:json|text)\n(.*?)^```$", EXAMPLE, re.MULTILINE | re.DOTALL)
SENT_THERE, PREFIX, LAID_OUT, COLUMNS = BLOCKS
LINE = re.compile(r"^ *(\d+)  ((?:[0-9a-f]{2} )+) *(\w+)$", re.MULTILINE)


def test_the_example_is_byte_for_byte_what_the_encoder_gives() -> None:
    header: dict[str, Any] = json.loads(LAID_OUT)
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    columns = "".join(numbers for _, numbers, _ in LINE.findall(COLUMNS))
    said = {key: header[key] for key in HEADER}
    content = encode(rows_of(json.loads(SENT_THERE)), said)
    assert content == bytes.fromhex(PREFIX) + text + bytes.fromhex(columns)


def test_the_example_names_each_column_at_its_offset() -> None:
    said = [(int(offset), name) for offset, _, name in LINE.findall(COLUMNS)]
    assert said == [(entry["offset"], entry["name"]) for entry in json.loads(LAID_OUT)["columns"]]


def test_the_sizes_in_the_text_are_those_of_the_example() -> None:
    (header, columns) = re.findall(r"the header has 0x([0-9a-f]+) bytes, the columns 0x([0-9a-f]+)", EXAMPLE)[
        0
    ]
    prefix = bytes.fromhex(PREFIX)
    assert int(header, 16) == int.from_bytes(prefix[8:12], "little")
    assert int(columns, 16) == int.from_bytes(prefix[12:16], "little")


def test_every_column_and_key_is_described() -> None:
    header = decode(encode(rows_of(SENT), HEADER)).header
    columns = {entry["name"] for entry in header["columns"]} | {"id"}
    rows = "\n".join(line for line in TEXT.splitlines() if line.startswith("| `"))
    assert len(columns) > 25
    assert {name for name in columns | set(header) if f"`{name}`" not in rows} - {"id"} == set()


def test_every_dtype_is_described() -> None:
    assert {dtype for dtype in DTYPES if f"`{dtype}`" not in TEXT} == set()
