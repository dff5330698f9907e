"""What the database means to do: the plans of the queries that an act asks, and rows enough to plan for."""

import json
import re
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext

POSTGRES = connection.vendor == "postgresql"


def multiply(row: Model, count: int, **other: str) -> None:
    """Copy a row so often, n = 1, 2 … being its id too; `other` gives columns as SQL expressions in `n`."""
    table, pk = row._meta.db_table, row._meta.pk
    columns = {field.column: field.column for field in row._meta.concrete_fields}
    columns |= {pk.column: as_uuid("n") if pk.get_internal_type() == "UUIDField" else "n"} | other
    series = "generate_series(1, %s) AS up(n)"
    if not POSTGRES:
        series = "(WITH RECURSIVE up AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM up WHERE n < %s) SELECT n FROM up)"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(columns.values())} "  # noqa: S608
            f"FROM {table} AS it CROSS JOIN {series} WHERE it.{pk.column} = %s",
            [count, pk.get_db_prep_value(row.pk, connection)],
        )


def as_uuid(number: str) -> str:
    """An SQL expression for the number as an id."""
    return f"lpad(to_hex({number}), 32, '0')::uuid" if POSTGRES else f"printf('%%032x', {number})"


def settle() -> None:
    """Let the planner know what there is."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def walked_through(act: Callable[[], Any], *models: type[Model]) -> list[str]:
    """The queries of the act whose plan reads one of these models' tables from one end to the other."""
    with CaptureQueriesContext(connection) as queries:
        act()
    asked = [query["sql"] for query in queries if query["sql"].startswith("SELECT")]
    assert asked, "nothing was asked"
    tables = {model._meta.db_table for model in models}
    return [sql for sql in asked if tables & scanned(sql)]


def scanned(sql: str) -> set[str]:
    """The tables that the plan of a query reads from one end to the other."""
    with connection.cursor() as cursor:
        if POSTGRES:
            cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}")
            plan = cursor.fetchone()[0]
            nodes = [(json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]]
            for node in nodes:
                nodes += node.get("Plans", [])
            return {node["Relation Name"] for node in nodes if node["Node Type"] == "Seq Scan"}
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        steps = [row[3] for row in cursor.fetchall()]
        names = aliases(sql)
        return {names.get(step.split()[1], step.split()[1]) for step in steps if step.startswith("SCAN")}


def aliases(sql: str) -> dict[str, str]:
    """The tables behind Django's short names, such as U0."""
    return {short: table for table, short in re.findall(r'"(\w+)" (U\d+|V\d+|W\d+)\b', sql)}
