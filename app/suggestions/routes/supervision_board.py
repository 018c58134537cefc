"""The year's supervision at a glance: who has none, five parties, votes, hearings; committees' workload; papers."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from app.activities.years import choose_year
from app.kit import clock
from app.kit.authorisation import authorise
from app.kit.i18n import _
from app.kit.listing_web import list_page
from app.kit.web import current_actor, go_back, requires
from app.registry.choosing import area_choices
from app.registry.models import Area
from app.registry.queries import get_area
from app.stations.opinion_documents import percent
from app.stations.routes.transfers import send_docx
from app.suggestions.columns.supervising import SUPERVISORS
from app.suggestions.columns.supervision import YEARS_BACK
from app.suggestions.operations import supervising_bodies as operations
from app.suggestions.policy import EDIT_SUPERVISION, VIEW_SUGGESTION_FIGURES
from app.suggestions.queries import supervising_bodies as queries
from app.suggestions.queries.supervision import (
    list_priority,
)
from app.suggestions.routes import bp
from app.suggestions.routes.supervision import supervision_crumbs
from app.suggestions.routes.surroundings import tabs
from app.suggestions.states import NOT_COUNTED, SuggestionState, SupervisorKind
from app.suggestions.supervision_documents import agenda_document, tally_document
from app.suggestions.supervision_rules import ONE_EACH

# What reports count: a link from a number asks for these.
COUNTED = [state.value for state in SuggestionState if state not in NOT_COUNTED]


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


def _about() -> dict[str, Any]:
    this = clock.today().year
    return {
        "area": _asked_area(),
        "year": choose_year(request.args.get("year", "")),
        "years": list(range(this, this - YEARS_BACK, -1)),
        "choices": area_choices(current_actor(), VIEW_SUGGESTION_FIGURES),
        "percent": percent,
    }


@bp.get("/supervision/board")
@requires(VIEW_SUGGESTION_FIGURES)
def supervision_board() -> ResponseReturnValue:
    """Who has what to supervise in a year and who has none; every number opens its list."""
    about = _about()
    area, year = about["area"], about["year"]

    def link(endpoint: str, **filters: Any) -> str:
        return url_for(f"suggestions.{endpoint}", area=area.code, **{"year": year, **filters})

    return render_template(
        "suggestions/supervision_board.html",
        board=queries.board_of(area.code, year),
        one_each=ONE_EACH,
        chairpersons=SupervisorKind.CHAIRPERSONS,
        committee=SupervisorKind.COMMITTEE,
        link=link,
        editable=current_actor().may_in(EDIT_SUPERVISION, area.code),
        page_tabs=tabs("suggestions.supervision_board"),
        breadcrumbs=supervision_crumbs((_("督办看板"), "")),
        **about,
    )


@bp.get("/supervision/supervisors")
@requires(VIEW_SUGGESTION_FIGURES)
def supervisors() -> ResponseReturnValue:
    """Per supervisor what they have in a year (4-30); with ``?none=1`` those who have none."""
    year = choose_year(request.args.get("year", ""))
    return list_page(
        SUPERVISORS,
        intro=_("%(year)s年在任的督办人和他们督办的件数", year=year),
        page_tabs=tabs("suggestions.supervision_board"),
        breadcrumbs=supervision_crumbs(
            (_("督办看板"), url_for("suggestions.supervision_board", year=year)), (_("督办人"), "")
        ),
    )


@bp.get("/supervision/committees")
@requires(VIEW_SUGGESTION_FIGURES)
def committees() -> ResponseReturnValue:
    """Workload of the special committees, each for its field (4-26)."""
    about = _about()
    area, year = about["area"], about["year"]
    days: dict[str, Any] = {"raised_on_from": f"{year}-01-01", "raised_on_to": f"{year}-12-31"}

    def link(name: str, **filters: Any) -> str:
        which = {"committee": name} if name else {"no_committee": 1}
        shown = {**which, "state": COUNTED, **days, **filters}
        return url_for("suggestions.suggestions", area=area.code, **shown)

    rows = queries.workload_of(current_actor(), area.code, year)
    return render_template(
        "suggestions/committees.html",
        rows=rows,
        waiting=sum(row.total for row in rows if not row.name),
        link=link,
        editable=current_actor().may_in(EDIT_SUPERVISION, area.code),
        page_tabs=tabs("suggestions.committees"),
        breadcrumbs=supervision_crumbs((_("专门委员会"), "")),
        **about,
    )


@bp.post("/supervision/committees/assign")
@requires(EDIT_SUPERVISION)
def assign_committees() -> ResponseReturnValue:
    """Gives the year's suggestions without a committee the one of their category."""
    area = _asked_area()
    year = choose_year(request.args.get("year", ""))
    changed = operations.set_committees(current_actor(), area.code, year)
    back = url_for("suggestions.committees", area=area.code, year=year)
    return go_back(back, _("已按类别为 %(n)s 件建议确定对口的专门委员会。", n=changed))


@bp.get("/supervision/agenda.docx")
@requires(VIEW_SUGGESTION_FIGURES)
def supervision_agenda() -> ResponseReturnValue:
    """Agenda of the session at which the units of priority suggestions report, with a blank ballot (0-11)."""
    area, year = _asked_area(), choose_year(request.args.get("year", ""))
    document = agenda_document(area, year, list_priority(area.code, year))
    return send_docx(document, f"{_('重点督办建议办理情况报告议程')}-{area.name}-{year}")


@bp.get("/supervision/tally.docx")
@requires(VIEW_SUGGESTION_FIGURES)
def supervision_tally() -> ResponseReturnValue:
    """The count of the votes on priority suggestions, empty where none was cast (0-11)."""
    area, year = _asked_area(), choose_year(request.args.get("year", ""))
    document = tally_document(area, year, list_priority(area.code, year))
    return send_docx(document, f"{_('重点督办建议满意度测评汇总表')}-{area.name}-{year}")
