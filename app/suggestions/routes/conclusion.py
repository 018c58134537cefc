"""What follows the slip: concluded, or handled again; what the page of a suggestion offers after its reply."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from app.kit import clock
from app.kit.authorisation import Actor
from app.kit.database import row_ids
from app.kit.forms import BaseForm
from app.kit.i18n import _
from app.kit.web import current_actor, go_back, requires
from app.suggestions.forms.after_reply import ConcludeForm, ReasonForm
from app.suggestions.models import Suggestion
from app.suggestions.operations import conclusion
from app.suggestions.operations import feedback as operations
from app.suggestions.parts import Deed, register_deeds
from app.suggestions.policy import GIVE_FEEDBACK, SCREEN_SUGGESTIONS
from app.suggestions.queries import get_visible_suggestion
from app.suggestions.queries.feedback import (
    OPEN_FOR_WORDS,
    feedback_due,
    list_slips,
    may_speak_for,
    reply_day,
)
from app.suggestions.routes import bp
from app.suggestions.routes.feedback import after_form, given
from app.suggestions.routes.surroundings import suggestion_url
from app.suggestions.states import SUGGESTION_TRANSITIONS, Satisfaction, Step, SuggestionState


def _follow(
    suggestion_id: int,
    form: BaseForm,
    carry_out: Callable[..., Any],
    heading: str,
    done: str,
    **context: Any,
) -> ResponseReturnValue:
    actor = current_actor()
    found = get_visible_suggestion(actor, suggestion_id, SCREEN_SUGGESTIONS)
    if not form.version.data:
        form.version.data = str(found.version)
    if form.validate_on_submit() and form.attempt(
        carry_out, actor, suggestion_id, version=form.sent_version, **given(form)
    ):
        return go_back(suggestion_url(suggestion_id), done)
    return after_form(found, form, heading, slips=list_slips(found.id), **context)


@bp.route("/suggestions/<int:suggestion_id>/conclude", methods=["GET", "POST"])
@requires(SCREEN_SUGGESTIONS)
def conclude(suggestion_id: int) -> ResponseReturnValue:
    """Ends a suggestion; a dissatisfied first round, or a slip still expected, asks for a reason."""
    found = get_visible_suggestion(current_actor(), suggestion_id, SCREEN_SUGGESTIONS)
    warning = conclusion.why_not_yet(
        found.state, found.round, found.satisfaction, feedback_due(found.id), clock.today()
    )
    return _follow(
        suggestion_id, ConcludeForm(), conclusion.conclude, _("办结"), _("已办结。"), warning=warning
    )


@bp.route("/suggestions/<int:suggestion_id>/rehandle", methods=["GET", "POST"])
@requires(SCREEN_SUGGESTIONS)
def rehandle(suggestion_id: int) -> ResponseReturnValue:
    """Another round for the units that answered."""
    done = _("已交承办单位重新办理。")
    return _follow(suggestion_id, ReasonForm(), conclusion.rehandle, _("重新办理"), done)


@bp.post("/suggestions/feedback/conclude")
@requires(SCREEN_SUGGESTIONS)
def conclude_many() -> ResponseReturnValue:
    """Ends the suggestions of the chosen slips, as far as their proposers are content."""
    chosen = row_ids(request.form.getlist("ids"))
    ended, left = operations.conclude_content(current_actor(), chosen)
    text = _("已办结 %(n)s 件。", n=ended)
    if left:
        text += _("另有 %(n)s 件不满意、已变动或者不是领衔代表的反馈，没有办结。", n=left)
    return go_back(url_for("suggestions.slips", waiting="1"), text, "success" if ended else "warning")


def _deeds(actor: Actor, found: Suggestion) -> list[Deed]:
    deeds = []
    mine = may_speak_for(actor, found) if found.state in OPEN_FOR_WORDS and reply_day(found) else []
    if mine and not (found.state is SuggestionState.CONCLUDED and found.satisfaction is not None):
        waiting = found.state is SuggestionState.REPLIED and found.lead_mandate_id in {m.id for m in mine}
        label = _("登记反馈") if actor.may_in(GIVE_FEEDBACK, found.area_code) else _("反馈意见")
        url = url_for("suggestions.give_slip", suggestion_id=found.id)
        deeds.append(Deed(label, url, "primary" if waiting else "light"))
    if not actor.may_in(SCREEN_SUGGESTIONS, found.area_code):
        return deeds
    possible = SUGGESTION_TRANSITIONS.actions(found.state)
    unhappy = found.satisfaction is Satisfaction.DISSATISFIED
    rated = found.state is SuggestionState.RATED
    if Step.REHANDLE in possible:
        url = url_for("suggestions.rehandle", suggestion_id=found.id)
        deeds.append(Deed(_("重新办理"), url, "primary" if rated and unhappy else "light"))
    unasked = found.reference_only and found.assigned_on is None
    if Step.CONCLUDE in possible and (found.state is not SuggestionState.ACCEPTED or unasked):
        url = url_for("suggestions.conclude", suggestion_id=found.id)
        deeds.append(Deed(_("办结"), url, "primary" if rated and not unhappy else "light"))
    return deeds


register_deeds(_deeds)
