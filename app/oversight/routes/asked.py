"""What a page is asked for: an area in the viewer's scope, a day, a year; and what it is taken away as."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import date

from flask import request, send_file, session
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from app.kit import clock
from app.kit.authorisation import Action, authorise
from app.kit.documents import Document, render_docx
from app.kit.web import current_actor
from app.oversight.documents import Sheet
from app.oversight.workbook import write_sheets
from app.registry.models import Area
from app.registry.queries import get_area, list_areas


def asked_area(action: Action) -> Area:
    """The area asked for, else the one chosen in the top bar, else the widest of the viewer."""
    actor = current_actor()
    widest = min(actor.areas(action), key=len)
    chosen = request.args.get("area") or session.get("area") or widest
    if not request.args.get("area") and not actor.may_in(action, chosen):
        chosen = widest
    authorise(actor, action, chosen)
    return get_area(chosen)


def asked_day() -> date:
    """The day asked for; today where none was, and never a day to come."""
    try:
        return min(date.fromisoformat(request.args.get("on", "")), clock.today())
    except ValueError:
        return clock.today()


def asked_year() -> int:
    """The year asked for; this year where none was."""
    sent = request.args.get("year", "")
    year = int(sent) if sent.isascii() and sent.isdigit() and len(sent) == 4 else clock.today().year
    return min(max(year, 1990), clock.today().year)


def area_choices(action: Action, chosen: Area) -> list[tuple[str, str]]:
    """Areas to go to: those above that are in scope, those beside and those directly below."""
    actor = current_actor()
    above = {chosen.code[:n] for n in range(len(chosen.code) + 1)}
    return [
        (area.code, area.name)
        for area in list_areas(actor.areas(action))
        if area.code in above or area.parent_code == chosen.code or area.parent_code == chosen.parent_code
    ]


def in_english() -> bool:
    """Documents are written in the reader's language."""
    return str(get_locale()).startswith("en")


def wanted_format() -> str | None:
    """The file asked for instead of a page."""
    sent = request.args.get("format")
    return sent if sent in {"xlsx", "docx"} else None


def send(
    name: str, kind: str, sheets: Callable[[], Sequence[Sheet]], document: Callable[[], Document]
) -> ResponseReturnValue:
    """The page's figures as a file."""
    stream = io.BytesIO()
    if kind == "xlsx":
        write_sheets(stream, sheets())
    else:
        stream.write(render_docx(document()))
    stream.seek(0)
    return send_file(stream, as_attachment=True, download_name=f"{name}.{kind}")
