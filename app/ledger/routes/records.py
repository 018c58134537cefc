"""The ledger: every fact of duty, each opening its source; and a deputy's own record."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.kit import clock
from app.kit.i18n import _
from app.kit.listing_web import list_page
from app.kit.web import current_actor, requires
from app.ledger import queries
from app.ledger.columns import RECORDS
from app.ledger.policy import REVIEW_ENTRIES, SELF_REPORT, VIEW_LEDGER
from app.ledger.routes import bp
from app.ledger.sources import SOURCES
from app.ledger.states import Heading


def ledger_tabs(current: str) -> list[tuple[str, str, bool] | tuple[str, str, bool, int]]:
    """The lists of the ledger as tabs, with what waits for review."""
    pending = queries.count_pending(current_actor())
    return [
        (_("履职台账"), url_for("ledger.records"), current == "records"),
        (_("走访、办实事等登记"), url_for("ledger.entries"), current == "entries"),
        (_("代表自报审核"), url_for("ledger.review"), current == "review", pending),
    ]


def own_only() -> bool:
    """Whether the viewer sees nothing but their own record."""
    actor = current_actor()
    return actor.owns(VIEW_LEDGER) and not actor.areas(VIEW_LEDGER)


@bp.get("/records")
@requires(VIEW_LEDGER)
def records() -> ResponseReturnValue:
    """Every fact in the viewer's area."""
    if own_only():
        return redirect(url_for("ledger.mine"))
    return list_page(RECORDS, page_tabs=ledger_tabs("records") if current_actor().may(REVIEW_ENTRIES) else [])


@bp.get("/records/<int:record_id>")
@requires(VIEW_LEDGER)
def record(record_id: int) -> ResponseReturnValue:
    """A fact opens the record it comes from."""
    found = queries.get_visible_record(current_actor(), record_id)
    return redirect(source_url(found.source_kind, found.source_id))


def source_url(kind: str, identity: int) -> str:
    """Address of the record a fact comes from; its page takes the number as its only parameter."""
    endpoint = SOURCES[kind].endpoint
    (parameter,) = next(current_app.url_map.iter_rules(endpoint)).arguments
    values: dict[str, Any] = {parameter: identity}
    return url_for(endpoint, **values)


@bp.get("/mine")
@requires(SELF_REPORT)
def mine() -> ResponseReturnValue:
    """A deputy's own record of one year, by heading."""
    actor = current_actor()
    mandates = queries.list_own_mandates(actor)
    ids = [mandate.id for mandate in mandates]
    years = queries.list_years(ids)
    this_year = clock.today().year
    if this_year not in years:
        years = [this_year, *years]
    sent = request.args.get("year", "")
    year = int(sent) if sent in map(str, years) else years[0]
    facts = queries.list_facts(ids, date(year, 1, 1), date(year + 1, 1, 1))
    return render_template(
        "ledger/mine.html",
        mandates={mandate.id: mandate for mandate in mandates},
        years=years,
        year=year,
        counts=queries.tally(facts),
        facts={heading: [fact for fact in facts if fact.kind.heading is heading] for heading in Heading},
        returned=queries.list_returned(actor),
        source_url=source_url,
    )
