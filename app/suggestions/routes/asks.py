"""What units ask for: return and extension, decided by the assigning office (law.md 1.5)."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue

from app.kit.authorisation import Actor
from app.kit.errors import NotFound
from app.kit.i18n import _, _l
from app.kit.listing_web import list_page
from app.kit.web import answer, current_actor, go_back, requires
from app.registry.queries import MISSING
from app.registry.units import list_unit_names
from app.suggestions.clocks.explaining import explain
from app.suggestions.clocks.running import latest_day
from app.suggestions.columns.handling import ASKS
from app.suggestions.forms import handling as forms
from app.suggestions.models import Suggestion
from app.suggestions.operations import asks as operations
from app.suggestions.parts import Deed, register_deeds
from app.suggestions.policy import ASSIGN_SUGGESTIONS, HANDLE_SUGGESTIONS
from app.suggestions.queries.asks import get_visible_ask, list_asks, list_waiting
from app.suggestions.queries.handling import REPLY_CLOCKS, get_visible_part, running_clock
from app.suggestions.routes import bp
from app.suggestions.routes.handling import filled, part_url, step_page
from app.suggestions.routes.surroundings import crumbs, suggestion_url, tabs
from app.suggestions.states import AskKind, AskState, UnitPart


def _crumbs(*last: tuple[str, str]) -> list[tuple[str, str]]:
    return crumbs((_("退回和延期申请"), url_for("suggestions.asks") if last else ""), *last)


@bp.route("/handling/<int:part_id>/object", methods=["GET", "POST"])
@requires(HANDLE_SUGGESTIONS)
def handling_object(part_id: int) -> ResponseReturnValue:
    """The unit says that it is not for it to handle."""
    actor = current_actor()
    part = get_visible_part(actor, part_id)
    ended = operations.objection_ended_on(part)
    late = (
        _("提出异议的期限到 %(day)s 为止，已经过了；只有人大工作人员可以补登。", day=ended) if ended else ""
    )
    return step_page(
        part,
        forms.ObjectionForm(),
        lambda values: operations.object_to(actor, part_id, **values),
        _l("提出异议"),
        _l("已提出异议，等待交办机构审批。"),
        warning=late,
        known={"proposed_unit": list_unit_names(actor)},
    )


@bp.route("/handling/<int:part_id>/extend", methods=["GET", "POST"])
@requires(HANDLE_SUGGESTIONS)
def handling_extend(part_id: int) -> ResponseReturnValue:
    """The lead unit asks for more time."""
    actor = current_actor()
    part = get_visible_part(actor, part_id)
    if part.part is not UnitPart.LEAD:
        raise NotFound(MISSING)
    form = forms.ExtensionForm()
    running = running_clock(part, *REPLY_CLOCKS)
    if running is not None:
        latest = latest_day(running)
        form.until.description = (
            _("现在的期限是 %(due)s，最长可以延到 %(last)s", due=running.due_on, last=latest)
            if latest
            else _("现在的期限是 %(due)s", due=running.due_on)
        )
    return step_page(
        part,
        form,
        lambda values: operations.ask_extension(actor, part_id, **values),
        _l("申请延期"),
        _l("已提交延期申请，等待交办机构审批。"),
    )


@bp.post("/asks/<int:ask_id>/withdraw")
@requires(HANDLE_SUGGESTIONS)
def ask_withdraw(ask_id: int) -> ResponseReturnValue:
    """The unit no longer needs more time."""
    asked = operations.withdraw_ask(current_actor(), ask_id)
    return go_back(part_url(asked.suggestion_unit_id), _("已撤回延期申请。"))


@bp.get("/asks")
@requires(ASSIGN_SUGGESTIONS)
def asks() -> ResponseReturnValue:
    """What units ask for, by kind and state."""
    return list_page(ASKS, page_tabs=tabs("suggestions.asks"), breadcrumbs=_crumbs())


@bp.route("/asks/<int:ask_id>", methods=["GET", "POST"])
@requires(ASSIGN_SUGGESTIONS)
def ask(ask_id: int) -> ResponseReturnValue:
    """What a unit asks for, with the suggestion and the running deadline; the office's decision."""
    actor = current_actor()
    asked = get_visible_ask(actor, ask_id)
    form = forms.DecisionForm(asked.kind, data={"until": asked.until})
    if not form.version.data:
        form.version.data = str(asked.version)
    if asked.state is AskState.ASKED and form.validate_on_submit():
        values: dict[str, Any] = filled(form)
        grant = values.pop("decision") == "grant"
        done = form.attempt(
            operations.decide_ask, actor, ask_id, grant=grant, version=form.sent_version, **values
        )
        if done:
            return go_back(url_for("suggestions.asks", waiting=1), _("已审批，单位会收到通知。"))
        asked = get_visible_ask(actor, ask_id)
    part = asked.suggestion_unit
    running = running_clock(part, *REPLY_CLOCKS) if asked.kind is AskKind.EXTENSION else None
    return answer(
        "suggestions/ask.html",
        form=form,
        asked=asked,
        part=part,
        suggestion=part.suggestion,
        clock=running,
        explained=explain(running) if running else "",
        latest=latest_day(running) if running else None,
        earlier=[one for one in list_asks([part.id]) if one.id != asked.id],
        open=asked.state is AskState.ASKED,
        back=url_for("suggestions.asks"),
        seen=suggestion_url(part.suggestion_id),
        breadcrumbs=_crumbs((f"{part.suggestion.shown_number} {asked.kind.label}", "")),
    )


def _deeds(actor: Actor, suggestion: Suggestion) -> list[Deed]:
    """Whoever decides finds the ask on the suggestion's page."""
    if not actor.may_in(ASSIGN_SUGGESTIONS, suggestion.area_code):
        return []
    return [
        Deed(
            _("审批%(kind)s申请", kind=one.kind.label),
            url_for("suggestions.ask", ask_id=one.id),
            "primary",
            "check",
        )
        for one in list_waiting(suggestion.id)
    ]


register_deeds(_deeds)
