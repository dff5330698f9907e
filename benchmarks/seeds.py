"""What must be there before something can be measured: users, projects, pictures, analyses."""

from django.contrib.auth.models import Group
from django.db import connection
from django.db.models import Model

from accounts.models import ApiKey, User
from analyses.models import Analysis
from benchmarks import batches
from images.models import Image, Project

MODEL = {"model_name": "benchmark_model", "model_version": "1"}


def make_project(name: str = "benchmark") -> Project:
    group, _ = Group.objects.get_or_create(name="benchmark")
    return Project.objects.create(name=name, group=group)


def make_image(project: Project | None = None) -> Image:
    """A picture's row; nothing here looks at its bytes."""
    return Image.objects.create(
        project=project or make_project(),
        filename="picture.jpg",
        file="images/none",
        content_type="image/jpeg",
        size=1_000_000,
        width=batches.WIDTH,
        height=batches.HEIGHT,
    )


def make_analysis(image: Image) -> Analysis:
    return Analysis.objects.create(image=image, **MODEL)


def make_user() -> User:
    """A member of the group that sees all of these projects."""
    group, _ = Group.objects.get_or_create(name="benchmark")
    user = User.objects.create_user("benchmark@example.com")
    user.groups.add(group)
    return user


def make_key(user: User) -> tuple[ApiKey, dict[str, str]]:
    """A key and the header to send."""
    key, secret = ApiKey.objects.issue(user, "benchmark")
    return key, {"X-API-Key": secret}


def multiply(row: Model, count: int, first: int = 1, **other: str) -> None:
    """Insert `count` copies of a row, n = `first`, `first` + 1 …, which is their id too.

    `other` gives columns as SQL expressions in `n`.
    """
    table, pk = row._meta.db_table, row._meta.pk
    values = {field.column: field.column for field in row._meta.concrete_fields}
    values |= {pk.column: as_uuid("n") if pk.get_internal_type() == "UUIDField" else "n"} | other
    numbers = (
        "generate_series(%s, %s) AS numbers(n)"
        if connection.vendor == "postgresql"
        else "(WITH RECURSIVE up(n) AS (SELECT %s UNION ALL SELECT n + 1 FROM up WHERE n < %s) SELECT n FROM up)"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(values)}) SELECT {', '.join(values.values())} "  # noqa: S608
            f"FROM {table} AS it CROSS JOIN {numbers} WHERE it.{pk.column} = %s",
            [first, first + count - 1, pk.get_db_prep_value(row.pk, connection)],
        )


def as_hex(number: str, digits: int) -> str:
    """An SQL expression for the number in hexadecimal digits."""
    if connection.vendor == "postgresql":
        return f"lpad(to_hex({number}), {digits}, '0')"
    return f"printf('%%0{digits}x', {number})"


def as_uuid(number: str) -> str:
    """An SQL expression for the number as an id."""
    return as_hex(number, 32) + ("::uuid" if connection.vendor == "postgresql" else "")


def settle() -> None:
    """What the database does by itself sooner or later after many rows came in."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
