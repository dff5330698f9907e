"""How the API writes times."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from rest_framework.fields import DateTimeField

from vista.api import iso

NOON = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "moment", [NOON, NOON.replace(microsecond=120), NOON.astimezone(timezone(timedelta(hours=2)))], ids=str
)
def test_times_are_written_as_serializers_write_them(moment: datetime) -> None:
    assert iso(moment) == DateTimeField().to_representation(moment)


def test_no_time_is_none() -> None:
    assert iso(None) is None
