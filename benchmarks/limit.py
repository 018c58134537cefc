"""The least such pages can cost: a bare template and hand-written SQL doing the same work on the same server.

``gunicorn benchmarks.limit:app`` with DATABASE_URL as the application has it; :mod:`benchmarks.bench_pages`
measures it in the same run, so that the ratio does not depend on the machine.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from typing import Any

from flask import Flask, request

app = Flask(__name__)
_local = threading.local()

PAGE = app.jinja_env.from_string("""<!DOCTYPE html><html lang="zh-CN"><title>台账</title><table>
{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell if cell is not none else '' }}</td>{% endfor %}</tr>
{% endfor %}</table></html>""")

DEPUTIES = """
SELECT m.id, p.name, m.card_no, p.sex, m.level, a.name, d.name, p.phone, p.work_unit_post,
       m.re_elected, m.office_holder, m.began_on
FROM mandate m JOIN person p ON p.id = m.person_id LEFT JOIN area a ON a.code = m.scope_code
LEFT JOIN electoral_district d ON d.id = m.electoral_district_id
WHERE m.scope_code >= '97' AND m.scope_code < '98'"""
LEDGER = """
SELECT r.id, p.name, m.card_no, m.level, a.name, r.kind, r.happened_on, r.quantity, r.part, r.state
FROM duty_record r LEFT JOIN mandate m ON m.id = r.mandate_id LEFT JOIN person p ON p.id = m.person_id
LEFT JOIN area a ON a.code = m.scope_code"""
NEWEST = " ORDER BY r.happened_on DESC, r.id DESC LIMIT 51"
FOUND = " IN (SELECT id FROM person WHERE initials >= ? AND initials < ?)"
SQL = {
    "deputies": DEPUTIES + " ORDER BY m.scope_code, m.id LIMIT 51",
    "ledger": LEDGER + NEWEST,
    "deep": LEDGER + " WHERE (r.happened_on, r.id) < (?, ?)" + NEWEST,
    "person": "SELECT p.*, m.* FROM person p JOIN mandate m ON m.person_id = p.id WHERE p.id = ?",
    "search": DEPUTIES + " AND m.person_id" + FOUND + " ORDER BY m.scope_code, m.id LIMIT 51",
    "ledger_search": LEDGER
    + f" WHERE r.mandate_id IN (SELECT id FROM mandate WHERE person_id {FOUND})"
    + NEWEST,
}


def _connection() -> Any:
    if not hasattr(_local, "connection"):
        url = os.environ["DATABASE_URL"]
        if url.startswith("sqlite"):
            _local.connection = sqlite3.connect(url.removeprefix("sqlite:///"))
            _local.mark = "?"
        else:
            import psycopg

            _local.connection = psycopg.connect(
                url.replace("postgresql+psycopg", "postgresql"), autocommit=True
            )
            _local.mark = "%s"
    return _local.connection


@app.get("/")
def hello() -> str:
    """A bare Flask page."""
    return "hello"


@app.get("/<name>")
def page(name: str) -> str:
    """Rows of a statement as a table."""
    connection = _connection()
    rows = connection.execute(SQL[name].replace("?", _local.mark), request.args.getlist("v")).fetchall()
    return PAGE.render(rows=rows)
