"""Pages of a list, newest first, found by the id at their edge and never by counting."""

import uuid
from typing import Any, Generic, NamedTuple, TypeVar

from django.core.exceptions import BadRequest
from django.db.models import Model, QuerySet
from django.http import QueryDict

Row = TypeVar("Row", bound=Model)


class Page(NamedTuple, Generic[Row]):
    """`previous` and `next` are query strings such as `?after=…`, empty where there is no such page."""

    rows: list[Row]
    previous: str
    next: str


def page_by_id(rows: "QuerySet[Row]", query: QueryDict, size: int) -> Page[Row]:
    """The page that `?after=<id>` or `?before=<id>` asks for; other parameters go along in its links.

    Raises BadRequest for an id that is none.
    """
    before, after = _id(query.get("before")), _id(query.get("after"))
    if before:
        found = list(rows.filter(pk__gt=before).order_by("pk")[: size + 1])
        if len(found) > size:
            found = found[size - 1 :: -1]
            return Page(found, _link(query, "before", found[0].pk), _link(query, "after", found[-1].pk))
        after = None  # the first page was reached: show it whole
    found = list((rows.filter(pk__lt=after) if after else rows).order_by("-pk")[: size + 1])
    more, found = len(found) > size, found[:size]
    return Page(
        found,
        # The picture named by `after` was there, so something newer was.
        (_link(query, "before", found[0].pk) if found else _link(query, "", None)) if after else "",
        _link(query, "after", found[-1].pk) if more else "",
    )


def _id(text: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if text else None
    except ValueError as error:
        raise BadRequest("after and before take the id of a row") from error


def _link(query: QueryDict, key: str, value: Any) -> str:
    kept = query.copy()
    kept.pop("after", None)
    kept.pop("before", None)
    if key:
        kept[key] = str(value)
    return "?" + kept.urlencode()
