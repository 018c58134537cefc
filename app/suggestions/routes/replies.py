"""Reply letters: drafted by the clerk, signed by the head, read by the deputy, taken away as .docx (forms.md 4.7)."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue

from app.kit import attachments, clock
from app.kit.authorisation import Actor
from app.kit.errors import NotFound
from app.kit.i18n import _
from app.kit.web import answer, current_actor, go_back, requires
from app.registry.queries import MISSING
from app.suggestions.forms import handling as forms
from app.suggestions.models import Suggestion, SuggestionReply, SuggestionUnit
from app.suggestions.operations import replies as operations
from app.suggestions.parts import Part, register_part
from app.suggestions.policy import HANDLE_SUGGESTIONS, SIGN_REPLIES, VIEW_SUGGESTIONS
from app.suggestions.queries.handling import get_visible_part, list_handlers
from app.suggestions.queries.replies import (
    draft_of,
    get_handled_reply,
    get_visible_reply,
    list_replies,
    others_of_class,
)
from app.suggestions.reply_documents import named_suggestion, reply_letter, salutation
from app.suggestions.routes import bp
from app.suggestions.routes.handling import filled, handling_crumbs, part_url, send_docx
from app.suggestions.states import Fulfilment, ReplyClass, ReplyState, UnitPart

EMPTY_ROWS = 2


def _reply_form(part: SuggestionUnit, draft: SuggestionReply | None, others: int) -> forms.ReplyForm:
    given: dict[str, Any] = {
        "handler": part.handler,
        "handler_phone": part.handler_phone,
        "reply_class": ReplyClass.A,
        "fulfilment": Fulfilment.WITHIN_REPLY,
    }
    if draft is not None:
        columns = ("reply_class", "reply_way", "body", "fulfilment", "number", "handler", "handler_phone")
        given = {name: getattr(draft, name) for name in (*columns, "copied_to")}
        given["promises"] = [
            {"content": content, "due_on": date.fromisoformat(due)} for content, due in draft.promised or []
        ]
    form = forms.ReplyForm(data=given)
    if not form.is_submitted():
        form.version.data = str(draft.version) if draft is not None else ""
    while len(form.promises) < min(len(form.kept_promises()) + EMPTY_ROWS, forms.MOST_PROMISES):
        form.promises.append_entry()
    if others:
        form.to_class.description = _("本单位主办、还没有答复的同类建议另有 %(n)s 件，每件各存一封", n=others)
    else:
        del form.to_class
    return form


@bp.route("/handling/<int:part_id>/reply", methods=["GET", "POST"])
@requires(HANDLE_SUGGESTIONS)
def handling_reply(part_id: int) -> ResponseReturnValue:
    """The clerk drafts the letter, with class, way and what is promised."""
    actor = current_actor()
    part = get_visible_part(actor, part_id)
    if part.part is not UnitPart.LEAD:
        raise NotFound(MISSING)
    draft = draft_of(part, part.suggestion.round)
    others = len(others_of_class(actor, part, HANDLE_SUGGESTIONS))
    form = _reply_form(part, draft, others)
    if form.validate_on_submit() and form.attempt(_draft, actor, part_id, form):
        return go_back(part_url(part_id), _("答复函已保存，等待负责人签发。"))
    part = get_visible_part(actor, part_id)
    draft = draft_of(part, part.suggestion.round)
    if draft is not None and not form.version.data:
        # Opened before there was any: a colleague's draft is shown beside what was typed.
        form.version.data = str(draft.version + 1)
    number = part.suggestion.shown_number
    return answer(
        "suggestions/reply_form.html",
        form=form,
        differences=form.differences(draft) if draft is not None else [],
        part=part,
        suggestion=part.suggestion,
        named=named_suggestion(part.suggestion),
        known={"handler": list_handlers(actor)},
        back=part_url(part_id),
        breadcrumbs=handling_crumbs((number, part_url(part_id)), (_("起草答复函"), "")),
    )


def _draft(actor: Actor, part_id: int, form: forms.ReplyForm) -> SuggestionReply:
    values = filled(form)
    files = values.pop("files", None) or ()
    to_class = bool(values.pop("to_class", False))
    letter = operations.Letter(**values | {"promises": form.kept_promises()})
    return operations.draft_reply(
        actor, part_id, letter, to_class=to_class, files=files, version=form.sent_version
    )


@bp.route("/replies/<int:reply_id>/sign", methods=["GET", "POST"])
@requires(SIGN_REPLIES)
def reply_sign(reply_id: int) -> ResponseReturnValue:
    """The unit's head reads the letter and signs; staff sign in what came on paper."""
    actor = current_actor()
    reply = get_handled_reply(actor, reply_id, SIGN_REPLIES)
    part_id = reply.suggestion_unit_id
    by = actor.name if actor.unit_for(SIGN_REPLIES) else ""
    form = forms.SignReplyForm(data={"signed_by": by, "number": reply.number, "replied_on": clock.today()})
    if not form.version.data:
        form.version.data = str(reply.version)
    same = others_of_class(actor, reply.suggestion_unit, SIGN_REPLIES)
    drafts = (draft_of(other, other.suggestion.round) for other in same)
    others = [one for one in drafts if one is not None and one.state is ReplyState.DRAFT]
    if others:
        form.to_class.description = _("同一单位的同类答复函另有 %(n)s 封待签发", n=len(others))
    else:
        del form.to_class
    if form.validate_on_submit():
        done = form.attempt(operations.sign_reply, actor, reply_id, version=form.sent_version, **filled(form))
        if done:
            return go_back(part_url(part_id), _("已签发，代表会收到通知。"))
        reply = get_handled_reply(actor, reply_id, SIGN_REPLIES)
    return answer(
        "suggestions/reply_sign.html",
        form=form,
        reply=reply,
        part=reply.suggestion_unit,
        suggestion=reply.suggestion,
        named=named_suggestion(reply.suggestion),
        salutation=salutation(reply.suggestion),
        files=attachments.list_for(operations.FILES, reply_id),
        back=part_url(part_id),
        breadcrumbs=handling_crumbs(
            (reply.suggestion.shown_number, part_url(part_id)), (_("签发答复函"), "")
        ),
    )


@bp.get("/replies/<int:reply_id>/letter.docx")
@requires(VIEW_SUGGESTIONS)
def reply_docx(reply_id: int) -> ResponseReturnValue:
    """答复函, as the unit seals it and the deputy receives it."""
    found = get_visible_reply(current_actor(), reply_id)
    name = f"{_('答复函')}-{found.suggestion.shown_number}-{found.unit.name}"
    return send_docx(reply_letter(found), name)


def _load(actor: Actor, suggestion: Suggestion) -> dict[str, Any] | None:
    letters = list_replies(actor, suggestion)
    if not letters:
        return None
    return {
        "letters": letters,
        "files": {one.id: attachments.list_for(operations.FILES, one.id) for one in letters},
        "letter_url": lambda one: url_for("suggestions.reply_docx", reply_id=one.id),
    }


register_part(Part("replies", 40, "suggestions/_replies.html", _load))
