"""The loop in figures, each opening its list; and the quarter's digest for the chairpersons' meeting."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import Any

from flask import render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from app.kit import clock
from app.kit.authorisation import authorise
from app.kit.i18n import _, _l
from app.kit.web import current_actor, requires
from app.registry.choosing import area_choices
from app.registry.models import Area
from app.registry.queries import get_area
from app.stations.opinion_documents import Digest, digest_document, percent
from app.stations.policy import VIEW_OPINION_FIGURES, VIEW_OPINIONS
from app.stations.queries import loop as queries
from app.stations.queries.opinions import count_stuck, list_stuck
from app.stations.routes import bp
from app.stations.routes.surroundings import crumbs, tabs
from app.stations.routes.transfers import send_docx
from app.stations.states import LoopStage, OpinionRoute

SPLITS = {
    "township": _l("乡镇"),
    "station": _l("联络站"),
    "topic": _l("类别"),
    "deputy": _l("代表"),
    "channel": _l("反映渠道"),
}


def _asked_area() -> Area:
    """The area asked for, else the one chosen in the top bar, else the widest of the viewer."""
    actor = current_actor()
    widest = min(actor.areas(VIEW_OPINION_FIGURES), key=len)
    asked = request.args.get("area", "")
    chosen = asked or session.get("area") or widest
    if not asked and not actor.may_in(VIEW_OPINION_FIGURES, chosen):
        chosen = widest
    authorise(actor, VIEW_OPINION_FIGURES, chosen)
    return get_area(chosen)


def _number(name: str, least: int, most: int, usual: int) -> int:
    sent = request.args.get(name, "")
    return min(max(int(sent), least), most) if sent.isascii() and sent.isdigit() and len(sent) < 5 else usual


def _asked_period() -> tuple[int, int, queries.Period]:
    """(year, quarter or 0, the days)."""
    today = clock.today()
    year, quarter = _number("year", 1990, today.year, today.year), _number("quarter", 0, 4, 0)
    first_month, last_month = (1, 12) if not quarter else (quarter * 3 - 2, quarter * 3)
    last = date(year, last_month, monthrange(year, last_month)[1])
    return year, quarter, queries.Period(date(year, first_month, 1), last)


@bp.get("/opinions/loop")
@requires(VIEW_OPINION_FIGURES)
def opinion_loop() -> ResponseReturnValue:
    """Four stages, three routes, channels and solved rate of an area and time, split as asked."""
    actor, area = current_actor(), _asked_area()
    year, quarter, period = _asked_period()
    by = request.args.get("by", "")
    by = by if by in SPLITS else "township"
    days = {"received_on_from": period.first.isoformat(), "received_on_to": period.last.isoformat()}

    def link(filters: dict[str, str], **more: Any) -> str:
        return url_for("stations.opinions", **{"area": area.code, **days, **filters, **more})

    return render_template(
        "stations/loop.html",
        area=area,
        year=year,
        quarter=quarter,
        by=by,
        splits=SPLITS,
        figures=queries.loop_figures(actor, area.code, period),
        rows=queries.loop_rows(actor, area.code, period, by),
        channels=queries.loop_rows(actor, area.code, period, "channel"),
        ends=queries.ends_of(actor, area.code, period),
        stuck=count_stuck(actor, VIEW_OPINIONS, clock.today(), area.code),
        stages=list(LoopStage),
        routes=list(OpinionRoute),
        link=link,
        percent=percent,
        choices=area_choices(actor, VIEW_OPINION_FIGURES),
        years=list(range(clock.today().year, clock.today().year - 8, -1)),
        page_tabs=tabs("stations.opinion_loop"),
        breadcrumbs=crumbs((_("意见闭环"), "")),
    )


@bp.get("/opinions/digest.docx")
@requires(VIEW_OPINION_FIGURES)
def opinion_digest() -> ResponseReturnValue:
    """The quarter's digest for the chairpersons' meeting (0-15): figures and matters, nobody's name."""
    actor, area = current_actor(), _asked_area()
    year, quarter, period = _asked_period()
    title = (
        _("%(year)s年第%(quarter)s季度群众意见办理情况专报", year=year, quarter=quarter)
        if quarter
        else _("%(year)s年群众意见办理情况专报", year=year)
    )
    digest = Digest(
        area=area,
        period=period,
        title=title,
        figures=queries.loop_figures(actor, area.code, period),
        ends=queries.ends_of(actor, area.code, period),
        townships=queries.loop_rows(actor, area.code, period, "township"),
        topics=queries.loop_rows(actor, area.code, period, "topic"),
        channels=queries.loop_rows(actor, area.code, period, "channel"),
        ended=queries.ended_between(actor, area.code, period),
        stuck=list_stuck(area.code, actor, clock.today()),
    )
    return send_docx(digest_document(digest), f"{title}-{area.name}")
