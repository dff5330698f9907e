"""How fast VISTA is, as ratios that anyone can measure: `make bench` writes the tables of docs/performance.md.

    __main__.py   the command line: a fresh database and a fresh process for every section
    harness.py    what sections share: turns, medians, memory, rows of the table
    section.py    the process that measures one section on one database
    databases.py  a migrated database for each section; starts PostgreSQL
    table.py      rows as Markdown
    calls.py      whole requests through the WSGI stack, signed as a pipeline signs them
    batches.py    annotations, random and always the same
    seeds.py      users, projects, pictures and analyses, by the million where wanted
    textbook/     the same endpoints as a textbook writes them, for comparison

The other modules are sections: each has `rows(settings) -> list[Row]`. VISTA itself imports nothing from here.
"""
