"""The office screens what was handed in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue

from app.kit import clock
from app.kit.authorisation import Actor
from app.kit.i18n import _
from app.kit.listing_web import list_page
from app.kit.web import answer, current_actor, go_back, requires
from app.suggestions import queries
from app.suggestions.columns.screening import SCREENING
from app.suggestions.drafting_rules import check_draft, find_inadmissible
from app.suggestions.forms.assignment import AcceptForm, DeclineForm, ReasonForm
from app.suggestions.models import Suggestion
from app.suggestions.operations import screening as operations
from app.suggestions.parts import Deed, Part, register_deeds, register_part
from app.suggestions.policy import SCREEN_SUGGESTIONS
from app.suggestions.queries import screening as asked
from app.suggestions.routes import bp
from app.suggestions.routes.surroundings import crumbs, suggestion_url, tabs
from app.suggestions.similar.finding import find_similar
from app.suggestions.states import Occasion, SuggestionState


@bp.get("/suggestions/screening")
@requires(SCREEN_SUGGESTIONS)
def screening() -> ResponseReturnValue:
    """What deputies handed in and nobody has decided about, the oldest first."""
    return list_page(
        SCREENING,
        actions=[(_("会前通知"), url_for("suggestions.session_notice"))],
        page_tabs=tabs("suggestions.screening"),
        breadcrumbs=crumbs((_("待审查"), "")),
        intro=_(
            "打开一件，页面上有完整性、是否适合作为建议、有无同类的提示，再决定立案、退回修改或不作为建议处理。"
        ),
    )


def _load(actor: Actor, found: Suggestion) -> dict[str, Any] | None:
    """What helps to judge one that waits to be screened; for who screens it."""
    if found.state is not SuggestionState.SUBMITTED or not actor.may_in(SCREEN_SUGGESTIONS, found.area_code):
        return None
    text = f"{found.body}\n{found.proposals}"
    areas = actor.areas(SCREEN_SUGGESTIONS)
    return {
        "findings": check_draft(found.title, found.body, found.proposals),
        "doubts": find_inadmissible(found.title, found.body, found.proposals),
        "similar": find_similar(areas, found.title, text, exclude=[found.id], staff=True),
    }


register_part(Part("screening", 5, "suggestions/_screening.html", _load))


def _deeds(actor: Actor, found: Suggestion) -> list[Deed]:
    if found.state is not SuggestionState.SUBMITTED or not actor.may_in(SCREEN_SUGGESTIONS, found.area_code):
        return []
    return [
        Deed(_("立案"), url_for("suggestions.accept", suggestion_id=found.id), "primary", "check"),
        Deed(_("退回修改"), url_for("suggestions.return_draft", suggestion_id=found.id)),
        Deed(_("不作为建议处理"), url_for("suggestions.decline", suggestion_id=found.id)),
    ]


register_deeds(_deeds)


def _step_page(
    found: Suggestion, form: Any, carry_out: Callable[..., Suggestion], heading: str, **context: Any
) -> tuple[Suggestion | None, Any]:
    """(the suggestion after the step, None) once it is taken; else (None, the page with the form)."""
    if not form.version.data:
        form.version.data = str(found.version)
    back = suggestion_url(found.id)
    crumb = crumbs((found.shown_number, back), (heading, ""))
    if form.validate_on_submit():
        values = {name: value for name, value in form.values().items() if value is not None}
        made = form.attempt(carry_out, current_actor(), found.id, version=form.sent_version, **values)
        if made:
            return made, None
    page = answer(
        "suggestions/step.html",
        form=form,
        suggestion=found,
        heading=heading,
        primary=heading,
        back=back,
        breadcrumbs=crumb,
        **context,
    )
    return None, page


def _screened(suggestion_id: int) -> Suggestion:
    return queries.get_visible_suggestion(current_actor(), suggestion_id, SCREEN_SUGGESTIONS)


@bp.route("/suggestions/<int:suggestion_id>/accept", methods=["GET", "POST"])
@requires(SCREEN_SUGGESTIONS)
def accept(suggestion_id: int) -> ResponseReturnValue:
    """Makes it a suggestion, with a number by term, session and serial."""
    actor, found = current_actor(), _screened(suggestion_id)
    form = AcceptForm(
        data={
            "occasion": found.occasion,
            "session_ordinal": asked.usual_session(found),
            "category": found.category,
            "committee": found.committee or asked.committee_for(found),
            "confidential": found.confidential,
        }
    )
    beginnings = [asked.prefix_of(found, one, asked.usual_session(found), clock.today()) for one in Occasion]
    form.number.description = _(
        "留空由系统编号：会议期间“%(in_session)s…”，闭会期间“%(between)s…”",
        in_session=beginnings[0],
        between=beginnings[1],
    )
    known = {
        "category": queries.list_categories(actor),
        "committee": asked.list_committees(found.office_code),
    }
    made, page = _step_page(found, form, operations.accept_suggestion, _("立案"), known=known)
    if made is None:
        return page  # type: ignore[no-any-return]
    return go_back(
        suggestion_url(suggestion_id), _("已立案，编号%(number)s，等待交办。", number=made.shown_number)
    )


@bp.route("/suggestions/<int:suggestion_id>/return", methods=["GET", "POST"])
@requires(SCREEN_SUGGESTIONS)
def return_draft(suggestion_id: int) -> ResponseReturnValue:
    """Back to the deputy, who reads why and hands it in again."""
    found = _screened(suggestion_id)
    made, page = _step_page(found, ReasonForm(), operations.return_suggestion, _("退回修改"))
    # Nobody but its proposer sees a draft: the queue is where the work goes on.
    return page if made is None else go_back(url_for("suggestions.screening"), _("已退回代表修改。"))


@bp.route("/suggestions/<int:suggestion_id>/decline", methods=["GET", "POST"])
@requires(SCREEN_SUGGESTIONS)
def decline(suggestion_id: int) -> ResponseReturnValue:
    """No matter for a suggestion: of which kind, and why."""
    found = _screened(suggestion_id)
    doubts = find_inadmissible(found.title, found.body, found.proposals)
    form = DeclineForm(data={"inadmissible": doubts[0].kind if doubts else None})
    made, page = _step_page(found, form, operations.decline_suggestion, _("不作为建议处理"))
    return page if made is None else go_back(url_for("suggestions.screening"), _("已办理，并通知代表。"))
