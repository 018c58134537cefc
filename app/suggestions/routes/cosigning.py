"""Colleagues co-sign; a proposer takes back; what the page of a suggestion shows of either."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from app.kit import attachments
from app.kit.authorisation import Actor
from app.kit.i18n import _
from app.kit.web import answer, current_actor, go_back, requires
from app.suggestions.forms.drafting import WithdrawForm
from app.suggestions.models import Suggestion
from app.suggestions.operations import cosigning, drafting
from app.suggestions.parts import Deed, Part, register_deeds, register_part
from app.suggestions.policy import DRAFT_SUGGESTIONS, SCREEN_SUGGESTIONS, VIEW_SUGGESTIONS
from app.suggestions.queries import drafting as reading
from app.suggestions.routes import bp
from app.suggestions.routes.surroundings import crumbs, draft_url, mine_url, own_crumbs, suggestion_url
from app.suggestions.states import CosignState, SuggestionState


@bp.get("/suggestions/<int:suggestion_id>/cosign")
@requires(DRAFT_SUGGESTIONS)
def cosign(suggestion_id: int) -> ResponseReturnValue:
    """The whole text, and the two answers."""
    found, row = reading.get_cosigned(current_actor(), suggestion_id)
    return render_template(
        "suggestions/cosign.html",
        suggestion=found,
        row=row,
        open=reading.is_open(found),
        files=attachments.list_for(reading.FILES, found.id) if row is not None else [],
        breadcrumbs=own_crumbs((_("同意附议"), "")),
    )


@bp.post("/suggestions/<int:suggestion_id>/cosign/<any(confirm, decline):change>")
@requires(DRAFT_SUGGESTIONS)
def cosign_answer(suggestion_id: int, change: str) -> ResponseReturnValue:
    """A colleague signs, or does not."""
    cosigning.cosign(current_actor(), suggestion_id, confirmed=change == "confirm")
    return go_back(mine_url(), _("已附议。") if change == "confirm" else _("已回复：不附议。"))


@bp.route("/suggestions/<int:suggestion_id>/withdraw", methods=["GET", "POST"])
@requires(VIEW_SUGGESTIONS)
def withdraw(suggestion_id: int) -> ResponseReturnValue:
    """Takes a suggestion back before it is assigned: its proposer, or staff on a request in writing."""
    actor = current_actor()
    found = drafting.get_withdrawable(actor, suggestion_id)
    form = WithdrawForm(data={"version": str(found.version)})
    if form.validate_on_submit():
        done = form.attempt(
            drafting.withdraw_suggestion,
            actor,
            suggestion_id,
            note=form.note.data or "",
            version=form.sent_version,
        )
        if done:
            return go_back(suggestion_url(suggestion_id), _("已撤回。"))
    return answer(
        "kit/form_page.html",
        form=form,
        heading=_("撤回建议"),
        subtitle=found.title,
        primary=_("撤回这件建议"),
        back=suggestion_url(suggestion_id),
        breadcrumbs=crumbs((found.shown_number, suggestion_url(suggestion_id)), (_("撤回建议"), "")),
    )


# --- on the page of a suggestion ------------------------------------------------------------------------


def _wishes(_actor: Actor, suggestion: Suggestion) -> dict[str, Any] | None:
    """What the proposer wishes, and the files; nothing for rows of the paper register without either."""
    files = attachments.list_for(reading.FILES, suggestion.id)
    if suggestion.submitted_on is None and suggestion.state is not SuggestionState.DRAFT and not files:
        return None
    return {
        "files": files,
        "waiting": [row for row in suggestion.cosigners if row.state is CosignState.INVITED],
    }


def _deeds(actor: Actor, suggestion: Suggestion) -> list[Deed]:
    """What a proposer, a colleague asked to sign, or staff may do before it is handed over."""
    if not reading.is_open(suggestion):
        return []
    own = suggestion.lead_mandate.person_id == actor.person_id and actor.owns(DRAFT_SUGGESTIONS)
    if suggestion.state is SuggestionState.DRAFT:
        if own:
            return [Deed(_("继续起草"), draft_url(suggestion.id), "primary", "edit")]
        return _cosign_deeds(actor, suggestion)
    if own or actor.may_in(SCREEN_SUGGESTIONS, suggestion.area_code):
        url = url_for("suggestions.withdraw", suggestion_id=suggestion.id)
        return [Deed(_("撤回"), url, "light", "undo" if own else "")]
    return _cosign_deeds(actor, suggestion)


def _cosign_deeds(actor: Actor, suggestion: Suggestion) -> list[Deed]:
    if not any(row.mandate.person_id == actor.person_id for row in suggestion.cosigners):
        return []
    return [Deed(_("同意附议"), url_for("suggestions.cosign", suggestion_id=suggestion.id), "primary")]


register_part(Part("wishes", 10, "suggestions/_wishes.html", _wishes))
register_deeds(_deeds)
