"""Figures of suggestions (0-08, 3-36): by what is asked, both rates side by side, each number opening its list."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

from flask import render_template, request, send_file, session, url_for
from flask.typing import ResponseReturnValue

from app.kit import clock
from app.kit.authorisation import authorise
from app.kit.charts import percent_text
from app.kit.documents import render_docx
from app.kit.i18n import _
from app.kit.listing_web import XLSX, list_page
from app.kit.web import current_actor, requires
from app.kit.workbook.writing import write_table
from app.registry.choosing import area_choices
from app.registry.models import Area
from app.registry.queries import get_area
from app.suggestions.columns.figures import FIGURE_SUGGESTIONS, FIGURE_WORDS, SPLIT_WORDS, nothing_word
from app.suggestions.figure_documents import (
    YearOfSuggestions,
    figure_cells,
    figure_columns,
    figures_document,
    left_out_words,
    rates_in_words,
    time_bars,
)
from app.suggestions.figure_rules import ranked
from app.suggestions.policy import VIEW_SUGGESTION_FIGURES
from app.suggestions.queries import figures as queries
from app.suggestions.routes import bp
from app.suggestions.routes.surroundings import crumbs, tabs

YEARS_SHOWN = 8
MOST_ROWS = 400


def _asked_area() -> Area:
    """The area asked for, else the one chosen in the top bar, else the widest of the viewer."""
    actor = current_actor()
    widest = min(actor.areas(VIEW_SUGGESTION_FIGURES), key=len)
    asked = request.args.get("area", "")
    chosen = asked or session.get("area") or widest
    if not asked and not actor.may_in(VIEW_SUGGESTION_FIGURES, chosen):
        chosen = widest
    authorise(actor, VIEW_SUGGESTION_FIGURES, chosen)
    return get_area(chosen)


def asked_year() -> int:
    """The year asked for; this year where none was."""
    sent, this_year = request.args.get("year", ""), clock.today().year
    year = int(sent) if sent.isascii() and sent.isdigit() and len(sent) == 4 else this_year
    return min(max(year, 1990), this_year)


def _asked() -> YearOfSuggestions:
    actor, area, year, today = current_actor(), _asked_area(), asked_year(), clock.today()
    by = request.args.get("by", "")
    by = by if by in queries.SPLITS else "unit"
    rows = ranked(queries.figure_rows(actor, area.code, year, today, by))
    # A sheet holds them all; a page and a printed table as many as anybody reads.
    most = len(rows) if request.args.get("format") == "xlsx" else MOST_ROWS
    return YearOfSuggestions(
        area=area,
        year=year,
        by=by,
        figures=queries.figures_of(actor, area.code, year, today),
        rows=rows[:most],
        times=queries.times_of(actor, area.code, year),
        left_out=max(len(rows) - most, 0),
    )


def _link(found: YearOfSuggestions, **filters: Any) -> str:
    """The list behind a number."""
    days: dict[str, Any] = {
        "raised_on_from": date(found.year, 1, 1),
        "raised_on_to": date(found.year, 12, 31),
    }
    return url_for("suggestions.figure_list", area=found.area.code, **days, **filters)


@bp.get("/suggestions/figures")
@requires(VIEW_SUGGESTION_FIGURES)
def figures() -> ResponseReturnValue:
    """The year's suggestions in figures, or as a file."""
    found = _asked()
    if request.args.get("format") in {"xlsx", "docx"}:
        return _file(found, request.args["format"])
    today = clock.today()
    return render_template(
        "suggestions/figures.html",
        found=found,
        words=FIGURE_WORDS,
        splits=SPLIT_WORDS,
        nothing=nothing_word(found.by),
        explained=rates_in_words() + left_out_words(found),
        link=lambda **filters: _link(found, **filters),
        bars=time_bars(found.times, [_link(found, took=time.value) for time in found.times.counts]),
        percent=percent_text,
        choices=area_choices(current_actor(), VIEW_SUGGESTION_FIGURES),
        years=list(range(today.year, today.year - YEARS_SHOWN, -1)),
        page_tabs=tabs("suggestions.figures"),
        breadcrumbs=crumbs((_("统计"), "")),
    )


def _file(found: YearOfSuggestions, kind: str) -> ResponseReturnValue:
    stream = io.BytesIO()
    if kind == "docx":
        stream.write(render_docx(figures_document(found)))
    else:
        write_table(
            stream,
            title=found.title,
            note=rates_in_words(),
            columns=figure_columns(found.by),
            rows=figure_cells(found),
            sheet_name=_("建议统计"),
        )
    stream.seek(0)
    mimetype = XLSX if kind == "xlsx" else None
    return send_file(stream, mimetype=mimetype, as_attachment=True, download_name=f"{found.title}.{kind}")


@bp.get("/suggestions/figures/list")
@requires(VIEW_SUGGESTION_FIGURES)
def figure_list() -> ResponseReturnValue:
    """The suggestions behind a figure."""
    return list_page(
        FIGURE_SUGGESTIONS, breadcrumbs=crumbs((_("统计"), url_for("suggestions.figures")), (_("明细"), ""))
    )
