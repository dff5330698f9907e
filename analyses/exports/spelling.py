"""How cells, numbers, ids and times are written; where PostgreSQL writes them, its SQL stands beside the function.

The tests hold both to the same bytes.
"""

import re
from datetime import UTC, datetime
from functools import lru_cache

TABLE = "analyses_annotation"
OF_ANALYSIS, OF_PICTURE = "analyses_analysis", "images_image"  # where annotations are joined with them
REMEMBERED = 4096  # class names and times repeat; so many are kept

# A spreadsheet runs what begins so, and some look behind blanks and characters that nobody sees. Python and
# PostgreSQL read the pattern alike: it has no escapes. NUL is Python's alone, since no text of PostgreSQL's has one.
CONTROLS = "\t\r\n"
BLANKS = "\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
INVISIBLE = "\x01-\x08\x0e-\x1b\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
FORMULA = f"^(?:[{CONTROLS}]|[{BLANKS}{INVISIBLE}]*[=+@＝＋－＠-])"
looks_like_formula = re.compile(FORMULA.replace("\x01", "\0")).match


# --- cells ------------------------------------------------------------------------------------------------
def harmless(text: str) -> str:
    """The text as a cell that no spreadsheet runs: a quote goes before what looks like a formula."""
    return "'" + text if looks_like_formula(text) else text


def harmless_sql(column: str, table: str = TABLE) -> str:
    """The same; "" is NULL, since COPY would put quotes around it. Most names begin with a letter: cheap to see."""
    column = f"{table}.{column}"
    return (
        f"CASE WHEN ascii({column}) BETWEEN 65 AND 126 THEN {column} WHEN {column} = '' THEN NULL "
        f"WHEN {column} ~ '{FORMULA}' THEN '''' || {column} ELSE {column} END"
    )


# --- numbers ----------------------------------------------------------------------------------------------
def number_sql(column: str) -> str:
    """A double as `repr` writes it, where PostgreSQL leaves `.0` out and has exponents from 1e15 on, not 1e16.

    float8out and textout are what COPY itself would call: cheaper than a cast to text. Fractions beyond 1e15 are not
    looked for: coordinates end long before.
    """
    column = f"{TABLE}.{column}"
    return (
        f"CASE WHEN {column} <> floor({column}) THEN float8out({column}) "
        f"WHEN abs({column}) < 1e15 THEN textout({column}::text || '.0') "
        f"WHEN abs({column}) < 1e16 THEN textout({column}::bigint || '.0') ELSE float8out({column}) END"
    )


# --- ids and times ----------------------------------------------------------------------------------------
def dashed(digits: str) -> str:
    """An id as text, out of the 32 digits that SQLite keeps."""
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


@lru_cache(REMEMBERED)
def created_at(beginning: str) -> str:
    """The time in the first 12 digits of an id, as the API writes times."""
    time = datetime.fromtimestamp(int(beginning, 16) / 1000, tz=UTC)
    return time.isoformat().removesuffix("+00:00") + "Z"
