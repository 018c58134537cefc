"""Making process and result public (0-12): who waits, what is shown, what is kept back."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from app.kit import clock
from app.kit.authorisation import Actor
from app.kit.database import row_ids
from app.kit.errors import DomainError
from app.kit.i18n import _, _l
from app.kit.listing import ListQuery
from app.kit.listing_web import list_page
from app.kit.web import answer, current_actor, go_back, requires
from app.suggestions import queries as suggestions
from app.suggestions.columns.publication import PUBLICATIONS
from app.suggestions.forms.publication import ElsewhereForm, OpennessForm, PublishForm
from app.suggestions.models import Suggestion
from app.suggestions.operations import publication as operations
from app.suggestions.parts import Deed, Part, register_deeds, register_part
from app.suggestions.policy import PUBLISH_SUGGESTIONS
from app.suggestions.publication_rules import PublicationStanding, without_numbers
from app.suggestions.queries import publication as queries
from app.suggestions.routes import bp
from app.suggestions.routes.surroundings import crumbs, suggestion_url, tabs
from app.suggestions.states import ENDED, NOT_COUNTED, PublicChoice, PublishedPart

MOST_AT_ONCE = 500


@bp.get("/suggestions/publication")
@requires(PUBLISH_SUGGESTIONS)
def publication() -> ResponseReturnValue:
    """Ended suggestions: public, waiting, kept back; every one of them is to be public or kept back for a reason."""
    return list_page(
        PUBLICATIONS,
        "suggestions/publication.html",
        counts=queries.count_standings(current_actor()),
        standings=PublicationStanding,
        page_tabs=tabs("suggestions.publication"),
        breadcrumbs=crumbs((_("公开"), "")),
    )


@bp.post("/suggestions/publication/batch")
@requires(PUBLISH_SUGGESTIONS)
def publish_chosen() -> ResponseReturnValue:
    """Puts the chosen ones on the public page with title, process and result, without their texts."""
    actor, back = current_actor(), url_for("suggestions.publication")
    if "all" in request.form:
        chosen = ListQuery(PUBLICATIONS, actor, request.form, back).statement()
        found = queries.list_chosen(actor, chosen, MOST_AT_ONCE)
    else:
        found = queries.list_chosen(actor, row_ids(request.form.getlist("ids")), MOST_AT_ONCE)
    if not found:
        raise DomainError(_l("请先选择要公开的建议。"))
    done, left = operations.publish_many(actor, found)
    message = _("已公开 %(n)s 件。", n=done)
    if left:
        message += _("涉密或代表不同意公开的 %(n)s 件没有公开。", n=left)
    return go_back(back, message)


def _found(suggestion_id: int) -> Suggestion:
    return suggestions.get_visible_suggestion(current_actor(), suggestion_id, PUBLISH_SUGGESTIONS)


def _page(form: Any, found: Suggestion, heading: str, **context: Any) -> ResponseReturnValue:
    back = suggestion_url(found.id)
    return answer(
        "kit/form_page.html",
        form=form,
        heading=heading,
        subtitle=found.title,
        back=back,
        breadcrumbs=crumbs((found.shown_number, back), (heading, "")),
        **context,
    )


def _offered(found: Suggestion) -> dict[str, Any]:
    """The texts that are on the page now, else (as after publishing several at once) those of the suggestion and
    of the reply with numbers taken out, for somebody to read."""
    shown = queries.list_shown_here([found.id]).get(found.id, {})
    text, result = (
        shown[part].redacted if part in shown else "" for part in (PublishedPart.TEXT, PublishedPart.RESULT)
    )
    if found.public_choice is PublicChoice.FULL:
        own = "\n\n".join(part for part in (found.body, found.proposals) if part)
        text = text or without_numbers(own)
        result = result or without_numbers(queries.reply_text(found.id))
    return {"parts": list(shown or PublishedPart), "text": text, "result": result}


@bp.route("/suggestions/<int:suggestion_id>/publish", methods=["GET", "POST"])
@requires(PUBLISH_SUGGESTIONS)
def publish(suggestion_id: int) -> ResponseReturnValue:
    """Puts a suggestion on the public page, with the texts as somebody has read them."""
    found = _found(suggestion_id)
    form = PublishForm(data=_offered(found))
    if form.validate_on_submit() and form.attempt(operations.publish, current_actor(), found, form.texts()):
        return go_back(suggestion_url(found.id), _("已公开，群众可以在公开页查到。"))
    return _page(form, found, _("公开建议"), primary=_("确认公开"), wide=("parts", "read"))


@bp.route("/suggestions/<int:suggestion_id>/publication/new", methods=["GET", "POST"])
@requires(PUBLISH_SUGGESTIONS)
def published_elsewhere(suggestion_id: int) -> ResponseReturnValue:
    """Records that a newspaper, a station or another site has made it public."""
    found = _found(suggestion_id)
    form = ElsewhereForm(data={"on": clock.today(), "parts": [PublishedPart.PROCESS, PublishedPart.RESULT]})
    if form.validate_on_submit() and form.attempt(
        operations.publish,
        current_actor(),
        found,
        dict.fromkeys(form.parts.data or [], ""),
        on=form.on.data,
        medium=form.medium.data or "",
        link=form.link.data or "",
    ):
        return go_back(suggestion_url(found.id), _("已登记。"))
    return _page(form, found, _("登记媒体公开"), wide=("parts", "link"))


@bp.route("/suggestions/<int:suggestion_id>/openness", methods=["GET", "POST"])
@requires(PUBLISH_SUGGESTIONS)
def openness(suggestion_id: int) -> ResponseReturnValue:
    """What the proposer agrees to, and what is kept back; public pages follow at once."""
    found = _found(suggestion_id)
    form = OpennessForm(obj=found)
    values = {**form.values(), "note": form.note.data or ""}
    if form.validate_on_submit() and form.attempt(
        operations.set_openness, current_actor(), found, version=form.sent_version, **values
    ):
        return go_back(suggestion_url(found.id), _("已保存。"))
    return _page(form, found, _("公开设置"), differences=form.differences(found), wide=("note",))


@bp.post("/suggestions/publications/<int:publication_id>/end")
@requires(PUBLISH_SUGGESTIONS)
def end_publication(publication_id: int) -> ResponseReturnValue:
    """Takes a part down; that it was public stays on record."""
    actor = current_actor()
    found = queries.get_visible_publication(actor, publication_id)
    operations.take_down(actor, found)
    return go_back(suggestion_url(found.suggestion_id), _("已撤下，记录保留。"))


# --- on the page of a suggestion --------------------------------------------------------------------------


def _part(actor: Actor, suggestion: Suggestion) -> dict[str, Any] | None:
    if suggestion.state in NOT_COUNTED:
        return None
    editable = actor.may_in(PUBLISH_SUGGESTIONS, suggestion.area_code)
    rows = queries.list_publications(suggestion.id)
    if not rows and not editable:
        return None
    kept = suggestion.confidential or suggestion.public_choice is PublicChoice.NONE
    return {
        "rows": rows,
        "editable": editable,
        "kept": kept,
        "here": any(row.medium == "" and row.ended_on is None for row in rows) and not kept,
    }


def _deeds(actor: Actor, suggestion: Suggestion) -> list[Deed]:
    kept = suggestion.confidential or suggestion.public_choice is PublicChoice.NONE
    ended = suggestion.state in ENDED
    if not ended or kept or not actor.may_in(PUBLISH_SUGGESTIONS, suggestion.area_code):
        return []
    return [Deed(_("公开建议"), url_for("suggestions.publish", suggestion_id=suggestion.id))]


register_part(Part("publication", 80, "suggestions/_publication.html", _part))
register_deeds(_deeds)
