"""Pages of a list, found by the row at their edge and never by counting."""

import uuid
from typing import Generic, NamedTuple, TypeVar

from django.core.exceptions import BadRequest
from django.db import models
from django.db.models import F, Func, Model, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Lower
from django.db.models.lookups import GreaterThan, LessThan
from django.http import QueryDict

Row = TypeVar("Row", bound=Model)
# Between the id of an edge and its key; the id comes first, so a key may hold anything.
SEPARATOR = "."


class Order(NamedTuple):
    """Rows by `key`, and by the id among equal ones and where there is no key."""

    descending: bool
    key: Combinable | None = None


NEWEST = Order(descending=True)
OLDEST = Order(descending=False)
BY_NAME = Order(descending=False, key=Lower("filename"))


class Page(NamedTuple, Generic[Row]):
    """`previous` and `next` are query strings such as `?after=…`, empty where there is no such page."""

    rows: list[Row]
    previous: str
    next: str


class Edge(NamedTuple):
    """Where a page begins or ends: a row's id, and its key as the database wrote it."""

    id: uuid.UUID
    key: str

    @classmethod
    def read(cls, text: str | None, order: Order) -> "Edge | None":
        """The edge that a link names; raises BadRequest for what no link of ours says."""
        if not text:
            return None
        written, separator, key = text.partition(SEPARATOR)
        try:
            if bool(separator) != (order.key is not None) or "\x00" in key:
                raise ValueError("not of this order")
            return cls(uuid.UUID(written), key)
        except ValueError as error:
            raise BadRequest("after and before take the place of a row, as the links of a page do") from error

    @classmethod
    def of(cls, row: Model, order: Order) -> str:
        """As a link names it."""
        return f"{row.pk}{SEPARATOR}{row.page_key}" if order.key is not None else str(row.pk)  # type: ignore[attr-defined]


class Pair(Func):
    """`(key, id)`: compared as one value, an index on both finds its place in one step."""

    template = "(%(expressions)s)"
    output_field = models.BooleanField()


def page_by_id(rows: "QuerySet[Row]", query: QueryDict, size: int, order: Order = NEWEST) -> Page[Row]:
    """The page that `?after=…` or `?before=…` asks for; other parameters go along in its links.

    Raises BadRequest for an edge that is none.
    """
    before, after = Edge.read(query.get("before"), order), Edge.read(query.get("after"), order)
    rows = with_key(rows, order)
    if before:
        found = list(sorted_by(beyond(rows, before, order, forward=False), order, forward=False)[: size + 1])
        if len(found) > size:
            found = found[size - 1 :: -1]
            return Page(
                found,
                _link(query, "before", Edge.of(found[0], order)),
                _link(query, "after", Edge.of(found[-1], order)),
            )
        after = None  # the first page was reached: show it whole
    rest = beyond(rows, after, order, forward=True) if after else rows
    found = list(sorted_by(rest, order, forward=True)[: size + 1])
    more, found = len(found) > size, found[:size]
    # The row named by `after` was there, so something came before.
    previous = (_link(query, "before", Edge.of(found[0], order)) if found else _link(query)) if after else ""
    return Page(found, previous, _link(query, "after", Edge.of(found[-1], order)) if more else "")


def with_key(rows: "QuerySet[Row]", order: Order) -> "QuerySet[Row]":
    """Gives the rows their `page_key`, where the order has a key."""
    return rows if order.key is None else rows.annotate(page_key=order.key)


def beside(rows: "QuerySet[Row]", row: Model, order: Order, forward: bool) -> Row | None:
    """The row after this one or before it, None at the end; `row` comes from `with_key` and need not be in `rows`."""
    edge = Edge(row.pk, row.page_key if order.key is not None else "")  # type: ignore[attr-defined]
    return sorted_by(beyond(with_key(rows, order), edge, order, forward), order, forward).first()


def sorted_by(rows: "QuerySet[Row]", order: Order, forward: bool) -> "QuerySet[Row]":
    sign = "-" if order.descending == forward else ""
    names = ("page_key", "pk") if order.key is not None else ("pk",)
    return rows.order_by(*(sign + name for name in names))


def beyond(rows: "QuerySet[Row]", edge: Edge, order: Order, forward: bool) -> "QuerySet[Row]":
    """The rows after the edge, or before it."""
    falls = order.descending == forward
    if order.key is None:
        return rows.filter(**{"pk__lt" if falls else "pk__gt": edge.id})
    here = Pair(Value(edge.key), Value(edge.id, output_field=models.UUIDField()))
    return rows.filter((LessThan if falls else GreaterThan)(Pair(order.key, F("pk")), here))


def _link(query: QueryDict, name: str = "", place: str = "") -> str:
    kept = query.copy()
    kept.pop("after", None)
    kept.pop("before", None)
    if name:
        kept[name] = place
    return "?" + kept.urlencode()
