"""What the admin pages of every app share."""

from collections.abc import Iterable

from django.db import models
from django.http import HttpRequest


class SummarisedDeletion:
    """For an admin whose rows have millions of annotations below them.

    Django's confirmation page loads every row that would go; this one names the chosen rows and says the rest.
    """

    def get_deleted_objects(
        self, objs: Iterable[models.Model], request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        chosen = [f"{obj._meta.verbose_name}: {obj} (and everything that belongs to it)" for obj in objs]
        name = str(next(iter(objs))._meta.verbose_name_plural) if chosen else "objects"
        may = not chosen or self.has_delete_permission(request)  # type: ignore[attr-defined]
        return chosen, {name: len(chosen)}, set() if may else {name}, []
