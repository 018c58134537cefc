"""The proposer's word on a reply, and what follows it: concluded, or handled again (0-08, 4-04)."""

from __future__ import annotations

import io
from typing import Any

from flask import redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from app.kit import attachments, clock
from app.kit.authorisation import Actor
from app.kit.database import row_id
from app.kit.documents import Document, render_docx
from app.kit.errors import NotFound
from app.kit.forms import BaseForm
from app.kit.i18n import _
from app.kit.listing_web import list_page
from app.kit.web import answer, current_actor, go_back, requires
from app.registry.queries import MISSING
from app.suggestions.archive_documents import slip_document
from app.suggestions.columns.after_reply import SLIPS
from app.suggestions.forms.after_reply import PAPERS, SlipForm
from app.suggestions.models import Suggestion
from app.suggestions.operations import feedback as operations
from app.suggestions.parts import Part, register_part
from app.suggestions.policy import GIVE_FEEDBACK, SCREEN_SUGGESTIONS, VIEW_SUGGESTIONS
from app.suggestions.queries import get_visible_suggestion
from app.suggestions.queries.feedback import (
    FILES,
    OPEN_FOR_WORDS,
    dissatisfied_rounds,
    feedback_due,
    find_slip,
    get_visible_slip,
    list_awaiting,
    list_slips,
    may_speak_for,
    signers,
)
from app.suggestions.queries.replies import list_replies
from app.suggestions.queries.steps import seen_steps
from app.suggestions.routes import bp
from app.suggestions.routes.surroundings import crumbs, suggestion_url, tabs
from app.suggestions.states import SuggestionState

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def send_document(document: Document, name: str) -> ResponseReturnValue:
    """A paper to take away, as .docx."""
    content = io.BytesIO(render_docx(document))
    return send_file(content, mimetype=DOCX, as_attachment=True, download_name=f"{name}.docx")


def given(form: BaseForm) -> dict[str, Any]:
    """What was filled in; fields that were not sent at all are left to the operation."""
    return {name: value for name, value in form.values().items() if value is not None}


def after_form(
    found: Suggestion, form: BaseForm, heading: str, *, primary: str = "", **context: Any
) -> ResponseReturnValue:
    """A form about a suggestion that has been answered, with the answer above it."""
    back = suggestion_url(found.id)
    return answer(
        "suggestions/after_form.html",
        form=form,
        suggestion=found,
        heading=heading,
        primary=primary or heading,
        papers=PAPERS,
        back=back,
        breadcrumbs=crumbs((found.shown_number, back), (heading, "")),
        **context,
    )


# --- slips ----------------------------------------------------------------------------------------------


@bp.get("/suggestions/feedback")
@requires(VIEW_SUGGESTIONS)
def slips() -> ResponseReturnValue:
    """Slips that came back; the proposer's word and whether the problem is solved, apart."""
    actions = []
    if current_actor().may(SCREEN_SUGGESTIONS):
        actions = [(_("年度归档"), url_for("suggestions.archive_year"))]
    return list_page(
        SLIPS,
        actions=actions,
        page_tabs=tabs("suggestions.slips"),
        breadcrumbs=crumbs((_("代表反馈"), "")),
    )


@bp.get("/suggestions/feedback/waiting")
@requires(GIVE_FEEDBACK)
def waiting_slips() -> ResponseReturnValue:
    """Replies on which a deputy's own word is asked for; for staff those whose slip has not come back."""
    actor = current_actor()
    if not actor.owns(GIVE_FEEDBACK):
        return redirect(url_for("suggestions.suggestions", state="replied"), code=303)
    return render_template(
        "suggestions/waiting_slips.html",
        waiting=list_awaiting(actor),
        page_tabs=tabs("suggestions.slips"),
        breadcrumbs=crumbs((_("代表反馈"), url_for("suggestions.slips")), (_("请您反馈"), "")),
    )


@bp.get("/suggestions/feedback/<int:slip_id>")
@requires(VIEW_SUGGESTIONS)
def slip(slip_id: int) -> ResponseReturnValue:
    """One slip."""
    found = get_visible_slip(current_actor(), slip_id)
    return render_template(
        "suggestions/slip.html",
        slip=found,
        suggestion=found.suggestion,
        files=attachments.list_for(FILES, found.id),
        breadcrumbs=crumbs(
            (_("代表反馈"), url_for("suggestions.slips")), (found.suggestion.shown_number, "")
        ),
    )


@bp.get("/suggestions/feedback/<int:slip_id>/slip.docx")
@requires(VIEW_SUGGESTIONS)
def slip_paper(slip_id: int) -> ResponseReturnValue:
    """征询意见表 as it was filled in (forms.md 4.7)."""
    found = get_visible_slip(current_actor(), slip_id)
    document = slip_document(found.suggestion, found.mandate, found, None)
    return send_document(document, f"{_('征询意见表')}-{found.suggestion.shown_number}")


@bp.get("/suggestions/<int:suggestion_id>/slip.docx")
@requires(GIVE_FEEDBACK)
def blank_slip(suggestion_id: int) -> ResponseReturnValue:
    """征询意见表 to be filled in by hand, with the day it is expected."""
    found = get_visible_suggestion(current_actor(), suggestion_id, GIVE_FEEDBACK)
    document = slip_document(found, found.lead_mandate, None, feedback_due(found.id))
    return send_document(document, f"{_('征询意见表')}-{found.shown_number}")


def _slip_form(actor: Actor, found: Suggestion) -> SlipForm:
    possible = may_speak_for(actor, found)
    if not possible:
        raise NotFound(MISSING)
    asked = row_id(request.args.get("mandate_id", ""))
    mandate = next((one for one in possible if one.id == asked), possible[0])
    given = find_slip(found, mandate.id)
    filled: dict[str, Any] = {"mandate_id": mandate.id, "returned_on": clock.today()}
    if given is not None:
        names = (
            "contact_way",
            "attitude",
            "handling",
            "result",
            "overall",
            "solved",
            "reason",
            "returned_on",
        )
        filled |= {name: getattr(given, name) for name in names}
    form = SlipForm(data=filled)
    form.mandate_id.choices = [(one.id, one.person.name) for one in possible]
    if len(possible) == 1:
        del form.mandate_id
    if not actor.may_in(GIVE_FEEDBACK, found.area_code):
        # Only the office dates a slip, and scans it: a deputy's own is given now.
        del form.returned_on, form.files
    return form


@bp.route("/suggestions/<int:suggestion_id>/feedback", methods=["GET", "POST"])
@requires(GIVE_FEEDBACK)
def give_slip(suggestion_id: int) -> ResponseReturnValue:
    """The deputy's slip on the phone, or the paper one written down by staff."""
    actor = current_actor()
    found = get_visible_suggestion(actor, suggestion_id, GIVE_FEEDBACK)
    form = _slip_form(actor, found)
    if not form.version.data:
        form.version.data = str(found.version)
    if form.validate_on_submit():
        values = {name: value for name, value in form.details().items() if value is not None}
        done = form.attempt(
            operations.give_feedback, actor, suggestion_id, version=form.sent_version, **values
        )
        if done:
            return go_back(suggestion_url(suggestion_id), _("已收到反馈。"))
    return after_form(
        found,
        form,
        _("反馈意见"),
        primary=_("提交反馈"),
        replies=list_replies(actor, found),
        due_on=feedback_due(found.id),
        paper_url=""
        if actor.owns(GIVE_FEEDBACK)
        else url_for("suggestions.blank_slip", suggestion_id=found.id),
    )


# --- on the page of a suggestion ----------------------------------------------------------------------------


def _load_slips(actor: Actor, found: Suggestion) -> dict[str, Any] | None:
    given = list_slips(found.id)
    if not given and found.state not in OPEN_FOR_WORDS:
        return None
    returned = {slip.mandate_id for slip in given if slip.round == found.round}
    expected = found.state in (SuggestionState.REPLIED, SuggestionState.RATED)
    missing = [one.person.name for one in signers(found) if one.id not in returned] if expected else []
    return {
        "slips": given,
        "missing": missing,
        "due_on": feedback_due(found.id),
        "twice": dissatisfied_rounds(given, found.lead_mandate_id) > 1,
    }


def _load_steps(actor: Actor, found: Suggestion) -> dict[str, Any] | None:
    steps = seen_steps(actor, found)
    return {"steps": steps} if steps else None


register_part(Part("slips", 60, "suggestions/_slips.html", _load_slips))
register_part(Part("steps", 90, "suggestions/_steps.html", _load_steps, beside=True))
