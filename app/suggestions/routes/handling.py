"""A unit and what is in its hands: sign, contact, plan, help (4-22)."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from flask import render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from app.kit import clock
from app.kit.authorisation import Actor
from app.kit.database import row_id
from app.kit.documents import Document, render_docx
from app.kit.errors import NotFound
from app.kit.forms import BaseForm
from app.kit.i18n import _, _l
from app.kit.listing_web import list_page
from app.kit.web import answer, current_actor, go_back, requires
from app.registry.queries import MISSING
from app.suggestions.clocks.explaining import explain
from app.suggestions.columns.handling import PARTS_IN_HAND
from app.suggestions.forms import handling as forms
from app.suggestions.models import Suggestion, SuggestionUnit
from app.suggestions.operations import handling as operations
from app.suggestions.operations.asks import objection_ended_on
from app.suggestions.parts import Deed, Part, register_deeds, register_part
from app.suggestions.policy import HANDLE_SUGGESTIONS, OWN_HANDLING, VIEW_SUGGESTIONS
from app.suggestions.queries.asks import list_asks
from app.suggestions.queries.handling import (
    clocks_of,
    get_visible_part,
    list_contacts,
    list_handlers,
    list_month_items,
    may_handle,
    may_sign,
    proposers,
)
from app.suggestions.queries.replies import draft_of, has_answered
from app.suggestions.reply_documents import co_opinion_letter
from app.suggestions.routes import bp
from app.suggestions.routes.surroundings import crumbs, tabs
from app.suggestions.states import (
    GONE,
    HANDLING_TRANSITIONS,
    IN_HAND,
    HandlingState,
    ReplyState,
    Step,
    SuggestionState,
    UnitPart,
)

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def part_url(part_id: int) -> str:
    """The page of a unit's part."""
    return url_for("suggestions.handling_part", part_id=part_id)


def handling_crumbs(*last: tuple[str, str]) -> list[tuple[str, str]]:
    """Home, what units handle, and where the reader is."""
    return crumbs((_("单位办理"), url_for("suggestions.handling") if last else ""), *last)


def send_docx(document: Document, name: str) -> ResponseReturnValue:
    """A document to take away."""
    return send_file(
        io.BytesIO(render_docx(document)), mimetype=DOCX, as_attachment=True, download_name=f"{name}.docx"
    )


@bp.get("/handling")
@requires(HANDLE_SUGGESTIONS)
def handling() -> ResponseReturnValue:
    """What is in the hands of units: a unit sees its own, staff their area's."""
    return list_page(
        PARTS_IN_HAND,
        actions=[(_("办理安排（按月份）"), url_for("suggestions.handling_months"), "light", "calendar")],
        page_tabs=tabs("suggestions.handling"),
        breadcrumbs=handling_crumbs(),
    )


@bp.get("/handling/<int:part_id>")
@requires(HANDLE_SUGGESTIONS)
def handling_part(part_id: int) -> ResponseReturnValue:
    """A suggestion on a unit's desk: what is asked, until when, who made it, what was done, what comes next."""
    actor = current_actor()
    part = get_visible_part(actor, part_id)
    suggestion = part.suggestion
    letter = draft_of(part, suggestion.round)
    return render_template(
        "suggestions/handling.html",
        part=part,
        suggestion=suggestion,
        steps=_next_steps(actor, part),
        proposers=proposers(suggestion) if part.state not in GONE else [],
        clocks=[(one, explain(one)) for one in clocks_of(part)],
        contacts=[one for one in list_contacts(suggestion.id) if one.suggestion_unit_id == part.id],
        items=list_month_items(part.id),
        helpers=[row for row in suggestion.units if row.part is UnitPart.CO and row.state not in GONE],
        letter=letter,
        to_sign=letter is not None and letter.state is ReplyState.DRAFT and may_sign(actor, part),
        asks=list_asks([part.id]),
        objecting_ended_on=objection_ended_on(part),
        in_hand=part.state in IN_HAND,
        today=clock.today(),
        breadcrumbs=handling_crumbs((suggestion.shown_number, "")),
    )


def _next_steps(actor: Actor, part: SuggestionUnit) -> list[str]:
    """Names of what may be done now, for the buttons."""
    if part.suggestion.state is SuggestionState.ARCHIVED:
        return []
    under_way = part.suggestion.state in operations.UNDER_WAY
    steps = [step.value for step in HANDLING_TRANSITIONS.actions(part.state)] if under_way else []
    if has_answered(part) or (objection_ended_on(part) is not None and not actor.areas(HANDLE_SUGGESTIONS)):
        steps = [step for step in steps if step != Step.OBJECT]
    if part.state not in GONE:
        steps.append(Step.CONTACT.value)
    return steps


# --- steps as forms ---------------------------------------------------------------------------------------


def filled(form: BaseForm) -> dict[str, Any]:
    """What was filled in; what was not sent at all is left to the operation."""
    return {name: value for name, value in form.values().items() if value is not None}


def step_page(
    part: SuggestionUnit,
    form: BaseForm,
    carry_out: Callable[[dict[str, Any]], Any],
    heading: Any,
    done: Any,
    *,
    versioned: bool = True,
    **context: Any,
) -> ResponseReturnValue:
    """One step of the unit as a form over the suggestion's text; back to the unit's page when it is done."""
    # A refusal takes back what was read, too: what the page needs of the row is kept before.
    part_id, version = part.id, part.version
    if versioned and not form.version.data:
        form.version.data = str(version)
    if form.validate_on_submit():
        values = filled(form) | ({"version": form.sent_version} if versioned else {})
        if form.attempt(carry_out, values):
            return go_back(part_url(part_id), done)
        part = get_visible_part(current_actor(), part_id)
    number = part.suggestion.shown_number
    return answer(
        "suggestions/handling_step.html",
        form=form,
        part=part,
        suggestion=part.suggestion,
        heading=heading,
        back=part_url(part_id),
        breadcrumbs=handling_crumbs((number, part_url(part_id)), (str(heading), "")),
        **context,
    )


@bp.route("/handling/<int:part_id>/sign", methods=["GET", "POST"])
@requires(HANDLE_SUGGESTIONS)
def handling_sign(part_id: int) -> ResponseReturnValue:
    """The unit has it, and names who handles it."""
    actor = current_actor()
    part = get_visible_part(actor, part_id)
    form = forms.SignPartForm(data={"handler": part.handler, "handler_phone": part.handler_phone})
    return step_page(
        part,
        form,
        lambda values: operations.sign_part(actor, part_id, **values),
        _l("签收"),
        _l("已签收，请在期限内联系代表。"),
        known={"handler": list_handlers(actor)},
    )


@bp.route("/handling/<int:part_id>/handler", methods=["GET", "POST"])
@requires(HANDLE_SUGGESTIONS)
def handling_handler(part_id: int) -> ResponseReturnValue:
    """Somebody else handles it from now on."""
    actor = current_actor()
    part = get_visible_part(actor, part_id)
    form = forms.SignPartForm(data={"handler": part.handler, "handler_phone": part.handler_phone})
    return step_page(
        part,
        form,
        lambda values: operations.change_handler(actor, part_id, **values),
        _l("更换经办人"),
        _l("已更换经办人。"),
        known={"handler": list_handlers(actor)},
    )


@bp.route("/handling/<int:part_id>/contact", methods=["GET", "POST"])
@requires(HANDLE_SUGGESTIONS)
def handling_contact(part_id: int) -> ResponseReturnValue:
    """A talk with a proposer is written down (4-08)."""
    actor = current_actor()
    part = get_visible_part(actor, part_id)
    form = forms.ContactForm(data={"on": clock.today()})
    named = [(str(one.id), one.person.name) for one in proposers(part.suggestion)]
    form.mandate_id.choices = [("", _("全部提出人")), *named] if len(named) > 1 else named
    return step_page(
        part,
        form,
        lambda values: operations.record_contact(actor, part_id, **values),
        _l("登记联系"),
        _l("已登记与代表的联系。"),
        versioned=False,
    )


@bp.route("/handling/<int:part_id>/opinion", methods=["GET", "POST"])
@requires(HANDLE_SUGGESTIONS)
def handling_opinion(part_id: int) -> ResponseReturnValue:
    """The opinion of a unit that helps."""
    actor = current_actor()
    part = get_visible_part(actor, part_id)
    if part.part is not UnitPart.CO:
        raise NotFound(MISSING)
    form = forms.CoOpinionForm(data={"opinion": part.opinion, "answered_on": clock.today()})
    return step_page(
        part,
        form,
        lambda values: operations.give_opinion(actor, part_id, **values),
        _l("提交协办意见"),
        _l("已提交，主办单位会收到通知。"),
    )


@bp.get("/handling/<int:part_id>/opinion.docx")
@requires(HANDLE_SUGGESTIONS)
def handling_opinion_letter(part_id: int) -> ResponseReturnValue:
    """会办函 (forms.md 4.7): of the unit itself, or of one that helps the unit."""
    actor = current_actor()
    part = get_visible_part(actor, part_id)
    wanted = row_id(request.args.get("of", "")) or part.id
    helper = next(
        (row for row in part.suggestion.units if row.id == wanted and row.part is UnitPart.CO), None
    )
    if helper is None or not helper.opinion:
        raise NotFound(_l("还没有提交协办意见。"))
    leads = [
        row.unit.name for row in part.suggestion.units if row.part is UnitPart.LEAD and row.state not in GONE
    ]
    name = f"{_('会办函')}-{part.suggestion.shown_number}-{helper.unit.name}"
    return send_docx(co_opinion_letter(helper, leads), name)


# --- what the page of a suggestion shows ------------------------------------------------------------------


def _own_part(actor: Actor, suggestion: Suggestion) -> SuggestionUnit | None:
    unit_id = actor.unit_for(HANDLE_SUGGESTIONS)
    held = (row for row in suggestion.units if row.unit_id == unit_id and row.state not in GONE)
    return next(held, None) if unit_id is not None else None


def _load(actor: Actor, suggestion: Suggestion) -> dict[str, Any] | None:
    """Units with what each did; opinions of helpers are the units', the office's and the staff's business."""
    if not suggestion.units:
        return None
    inside = not actor.owns(VIEW_SUGGESTIONS) or bool(actor.areas(VIEW_SUGGESTIONS))
    contacts = list_contacts(suggestion.id)
    return {
        "rows": sorted(suggestion.units, key=lambda row: (row.part is not UnitPart.LEAD, row.id)),
        "handled": {row.id for row in suggestion.units if may_handle(actor, row)},
        "gone": GONE,
        "inside": inside,
        "contacts": contacts,
        "silent": not contacts and suggestion.state is SuggestionState.ASSIGNED,
    }


def _deeds(actor: Actor, suggestion: Suggestion) -> list[Deed]:
    part = _own_part(actor, suggestion)
    if part is None or not actor.may(OWN_HANDLING):
        return []
    word = _("签收办理") if part.state is HandlingState.SENT else _("本单位办理")
    return [Deed(word, part_url(part.id), "primary", "edit")]


register_part(Part("handling", 30, "suggestions/_handling.html", _load))
register_deeds(_deeds)
