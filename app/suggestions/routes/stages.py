"""The board of the six procedures, and the notice and checklist before a session."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from app.kit import clock
from app.kit.authorisation import Action, authorise
from app.kit.i18n import _
from app.kit.web import answer, current_actor, go_back, requires
from app.registry.choosing import area_choices
from app.registry.models import Area
from app.registry.queries import get_area
from app.suggestions.forms.assignment import SessionNoticeForm
from app.suggestions.operations import sessions as operations
from app.suggestions.policy import SCREEN_SUGGESTIONS, VIEW_SUGGESTION_FIGURES
from app.suggestions.queries import sessions
from app.suggestions.queries import stages as boards
from app.suggestions.routes import bp
from app.suggestions.routes.surroundings import crumbs, tabs
from app.suggestions.states import Occasion


def _asked_area(action: Action) -> Area:
    actor = current_actor()
    widest = min(actor.areas(action), key=len)
    asked_for = request.args.get("area", "")
    chosen = asked_for or session.get("area") or widest
    if not asked_for and not actor.may_in(action, chosen):
        chosen = widest
    authorise(actor, action, chosen)
    return get_area(chosen)


@bp.get("/suggestions/stages")
@requires(VIEW_SUGGESTION_FIGURES)
def stages() -> ResponseReturnValue:
    """What waits at each of the six procedures, and what has gone through (4-21); each number opens its list."""
    actor, area, today = current_actor(), _asked_area(VIEW_SUGGESTION_FIGURES), clock.today()
    sent = request.args.get("year", "")
    year = (
        int(sent) if sent.isascii() and sent.isdigit() and 1990 <= int(sent[:5]) <= today.year else today.year
    )
    occasions = dict(Occasion.choices())
    occasion = request.args.get("occasion", "")
    chosen = Occasion(occasion) if occasion in occasions else None
    common: dict[str, Any] = {
        "area": area.code,
        "raised_on_from": f"{year}-01-01",
        "raised_on_to": f"{year}-12-31",
    }
    if chosen is not None:
        common["occasion"] = chosen.value
    return render_template(
        "suggestions/stages.html",
        area=area,
        year=year,
        occasion=chosen,
        occasions=Occasion.choices(),
        board=boards.board(actor, area.code, year, chosen),
        meanings=boards.MEANINGS,
        link=lambda **more: url_for("suggestions.suggestions", **common, **more),
        years=list(range(today.year, today.year - 8, -1)),
        choices=area_choices(actor, VIEW_SUGGESTION_FIGURES),
        page_tabs=tabs("suggestions.stages"),
        breadcrumbs=crumbs((_("程序看板"), "")),
    )


def _checks(found: sessions.Checklist, area: Area, today: date) -> list[tuple[str, int, str, str]]:
    """(what, how many, the list behind it, its unit) of the year before the session."""
    days: dict[str, Any] = {
        "area": area.code,
        "held_on_from": found.since.isoformat(),
        "held_on_to": today.isoformat(),
    }
    raised: dict[str, Any] = {"raised_on_from": found.since.isoformat(), "raised_on_to": today.isoformat()}
    received: dict[str, Any] = {
        "received_on_from": found.since.isoformat(),
        "received_on_to": today.isoformat(),
    }
    research = [kind.value for kind in sessions.RESEARCH]
    return [
        (_("学习培训"), found.training, url_for("activities.activities", kind="study", **days), _("次")),
        (
            _("视察和专题调研"),
            found.research,
            url_for("activities.activities", kind=research, **days),
            _("次"),
        ),
        (
            _("收集群众意见"),
            found.opinions,
            url_for("stations.opinions", area=area.code, **received),
            _("条"),
        ),
        (
            _("提出建议"),
            found.suggestions,
            url_for("suggestions.suggestions", area=area.code, **raised),
            _("件"),
        ),
        (_("评选优秀建议"), found.excellent, url_for("suggestions.excellent"), _("件")),
    ]


@bp.route("/suggestions/session-notice", methods=["GET", "POST"])
@requires(SCREEN_SUGGESTIONS)
def session_notice() -> ResponseReturnValue:
    """Before a session: the checklist of the year, and the notice to all deputies (4-18)."""
    actor, area, today = current_actor(), _asked_area(SCREEN_SUGGESTIONS), clock.today()
    form = SessionNoticeForm(
        data={
            "title": _("关于会前开展调研、征集群众意见、准备代表建议的通知"),
            "text": _(
                "请各位代表在会议召开前深入选区走访调研、听取群众意见，一事一议提出建议："
                "写明情况和问题，提出具体、可行的建议；个人事项、具体案件等不作为建议。"
            ),
        }
    )
    here = url_for("suggestions.session_notice", area=area.code)
    if form.validate_on_submit():
        told = form.attempt(operations.notify_before_session, actor, area_code=area.code, **form.values())
        if told:
            return go_back(here, _("已通知 %(n)s 名代表。", n=told))
    found = sessions.checklist(actor, area.code, today)
    return answer(
        "suggestions/session_notice.html",
        form=form,
        area=area,
        checks=_checks(found, area, today),
        sent=found,
        choices=area_choices(actor, SCREEN_SUGGESTIONS),
        back=url_for("suggestions.screening"),
        breadcrumbs=crumbs((_("会前通知"), "")),
    )
