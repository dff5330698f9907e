"""Which annotations a payload is about: query parameters in, rows out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import numpy as np
import psycopg
from django.db import connection
from django.db.models import Case, F, QuerySet, TextField, Value, When

from analyses import payload
from analyses.api.filters import number
from analyses.models import Analysis
from analyses.models.annotation import AnnotationQuerySet
from vista.errors import Invalid

MOST = 500_000  # annotations in one payload; the highest scores come first
# A box is all in its bounds, so its JSON is not even fetched.
FORM = Case(
    When(annotation_type="bounding_box", then=Value(None)), default=F("data"), output_field=TextField()
)
NUMBERS = ("confidence", "x_min", "y_min", "x_max", "y_max")
COLUMNS = ("annotation_type", "class_name", *NUMBERS)
BOX_CLASS = Case(When(annotation_type="bounding_box", then=F("class_name")))  # NULL for what is no box
APART = "\x01"  # between class names; hardly one has it, and such are fetched in the other way


@dataclass(frozen=True, slots=True)
class Selection:
    """Which annotations of an analysis."""

    min_score: float | None = None
    max_score: float | None = None
    window: tuple[float, ...] | None = None  # x_min, y_min, x_max, y_max in pixels
    limit: int = MOST

    @classmethod
    def of(cls, params: Mapping[str, str]) -> "Selection":
        """What the query parameters select. Raises Invalid, which names the parameter that is none."""
        chosen = cls(**{name: read(params[name], name) for name, read in READERS.items() if name in params})
        if (chosen.min_score or 0) > (1 if chosen.max_score is None else chosen.max_score):
            raise bad("min_score", "must not be above max_score")
        check_format(params)
        return chosen

    def columns(self, analysis: Analysis) -> payload.Rows:
        """The annotations for an encoder."""
        annotations = self._narrow(analysis)
        if not analysis.tallies.exclude(annotation_type="bounding_box").exists():
            boxes = fetched_boxes(annotations)
            if boxes is not None:  # nothing else came meanwhile
                return boxes
        return payload.Rows.of(fetched(annotations.values_list(*COLUMNS, FORM)))

    def ids(self, analysis: Analysis) -> tuple[bytes, list[float | None]]:
        """The ids, 16 bytes each, and the scores by which they will be sorted."""
        rows = fetched(self._narrow(analysis).values_list("id", "confidence"))
        # SQLite keeps ids as hexadecimal digits.
        ids = [bytes.fromhex(id_) if isinstance(id_, str) else id_.bytes for id_, _ in rows]
        return b"".join(ids), [confidence for _, confidence in rows]

    def _narrow(self, analysis: Analysis) -> AnnotationQuerySet:
        """In the order of their ids, or by score where not all of them fit."""
        annotations = analysis.annotations.all()
        if self.min_score is not None:
            annotations = annotations.at_least(self.min_score)
        if self.max_score is not None:
            annotations = annotations.filter(confidence__lte=self.max_score)
        if self.window is not None:
            x_min, y_min, x_max, y_max = self.window
            annotations = annotations.touching(x_min, y_min, x_max - x_min, y_max - y_min)
        if self.limit < analysis.annotation_count:
            return annotations.order_by(F("confidence").desc(nulls_last=True), "id")[: self.limit]
        return annotations.order_by("id")


EVERYTHING = Selection()


def fetched(rows: QuerySet[Any, Any]) -> list[Any]:
    """The rows as the driver gives them, past the ORM."""
    return executed(*rows.query.sql_with_params())


def fetched_boxes(annotations: AnnotationQuerySet) -> payload.Rows | None:
    """Annotations that are all boxes, by columns; None if there is anything else among them."""
    rows = annotations.annotate(box_class=BOX_CLASS).values_list(*NUMBERS, "box_class")
    sql, params = rows.query.sql_with_params()
    if connection.vendor == "postgresql":
        return joined_boxes(sql, params)
    found = executed(sql, params)
    scores, *bounds, names = (list(map(itemgetter(place), found)) for place in range(6))
    if None in names:
        return None
    return payload.Rows.of_boxes(names, np.array(scores, np.float64), np.array(bounds, np.float64))


def joined_boxes(sql: str, params: Any) -> payload.Rows | None:
    """The same from PostgreSQL, as two values: no number becomes an object of Python."""
    numbers = " || ".join(f"float8send(coalesce({name}, 'NaN'))" for name in NUMBERS)
    statement = f"""
        SELECT string_agg({numbers}, ''), string_agg(box_class, %s), count(box_class) FROM ({sql}) AS boxes
    """  # noqa: S608 - the ORM's
    [(sent, joined, boxes)] = executed(statement, [APART, *params])
    scores, *bounds = np.frombuffer(sent or b"", ">f8").astype(np.float64).reshape(-1, len(NUMBERS)).T
    names = joined.split(APART) if boxes else []
    if not len(names) == boxes == len(scores):
        return None
    return payload.Rows.of_boxes(names, scores, np.array(bounds))


def executed(sql: str, params: Any) -> list[Any]:
    """The answer to a query, from PostgreSQL in binary, which takes half the time."""
    if connection.vendor == "postgresql":
        connection.ensure_connection()
        # Django's own cursors put the values into the text of a query, and such queries are answered in text.
        with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
            return cursor.execute(sql, params, binary=True).fetchall()
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


# --- query parameters -----------------------------------------------------------------------------------------
def bad(name: str, fault: str) -> Invalid:
    return Invalid(f"{name} {fault}.", [(name, fault)])


def check_format(params: Mapping[str, str]) -> None:
    """Readers say which format they know: a browser that keeps files for ever then asks anew after an update."""
    if params.get("format", str(payload.FORMAT)) != str(payload.FORMAT):
        raise bad("format", f"must be {payload.FORMAT}")


def read_score(text: str, name: str) -> float:
    score = number(text)
    if score is None or not 0 <= score <= 1:
        raise bad(name, "must be a number from 0 to 1")
    return score


def read_window(text: str, name: str) -> tuple[float, ...]:
    window = tuple(n for part in text.split(",") if (n := number(part)) is not None)
    if len(window) != 4 or text.count(",") != 3 or window[0] >= window[2] or window[1] >= window[3]:
        raise bad(name, "must be x_min,y_min,x_max,y_max in pixels, each max above its min")
    return window


def read_limit(text: str, name: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10 and 1 <= int(text) <= MOST):
        raise bad(name, f"must be a whole number from 1 to {MOST:,}")
    return int(text)


READERS: dict[str, Callable[[str, str], Any]] = {
    "min_score": read_score,
    "max_score": read_score,
    "window": read_window,
    "limit": read_limit,
}
