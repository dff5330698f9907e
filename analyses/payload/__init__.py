"""One analysis as the viewer wants it: a JSON header and binary columns, highest score first.

docs/payload.md has each byte.

rows.py        annotation rows, column by column: what goes in
encoder.py     rows -> bytes
decoder.py     bytes -> annotations
container.py   the file around the columns
quantities.py  scores, coordinates and indices as few bytes
masks.py       run lengths, turned from columns into rows
cache.py       finished files on disk
"""

from analyses.payload.cache import Cache
from analyses.payload.container import FORMAT, MEDIA_TYPE, BadPayload
from analyses.payload.decoder import Payload, decode
from analyses.payload.encoder import encode, encode_ids
from analyses.payload.rows import Rows

__all__ = [
    "FORMAT",
    "MEDIA_TYPE",
    "BadPayload",
    "Cache",
    "Payload",
    "Rows",
    "decode",
    "encode",
    "encode_ids",
]
