"""Reply letters: drafted by the clerk, signed by the unit's head, one to each proposer of a class (4-24)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from app.extensions import db
from app.kit import attachments, clock
from app.kit.authorisation import Actor
from app.kit.errors import Conflict, DomainError
from app.kit.i18n import _l
from app.notices.operations import tell
from app.notices.queries import list_staff
from app.notices.states import NoticeKind
from app.notices.words import in_chinese
from app.registry.operations import STALE, check_version
from app.suggestions.clocks.running import end_clocks, start_clock
from app.suggestions.life import take_step, take_unit_step, write_down
from app.suggestions.models import Promise, Suggestion, SuggestionReply, SuggestionUnit
from app.suggestions.operations.handling import (
    LATER_THAN_TODAY,
    drop_asks,
    note_first_contact,
    own_part,
    refuse_earlier,
)
from app.suggestions.policy import HANDLE_SUGGESTIONS, SIGN_REPLIES
from app.suggestions.queries.handling import proposers
from app.suggestions.queries.replies import draft_of, get_handled_reply, others_of_class
from app.suggestions.states import (
    GONE,
    ClockKind,
    Fulfilment,
    HandlingState,
    ReplyClass,
    ReplyState,
    ReplyWay,
    Step,
    SuggestionState,
    UnitPart,
)

FILES = "suggestion_reply"
TO_BE_KEPT = (Fulfilment.WITHIN_YEAR, Fulfilment.MULTI_YEAR)


@dataclass(frozen=True)
class Letter:
    """What a clerk writes: the letter's text and what goes with it."""

    reply_class: ReplyClass
    body: str
    reply_way: ReplyWay = ReplyWay.IN_PERSON
    number: str = ""
    fulfilment: Fulfilment | None = None
    promises: Sequence[tuple[str, date]] = ()
    handler: str = ""
    handler_phone: str = ""
    copied_to: str = ""


def draft_reply(
    actor: Actor,
    part_id: int,
    letter: Letter,
    *,
    to_class: bool = False,
    files: Iterable[attachments.Upload] = (),
    version: int | None = None,
) -> SuggestionReply:
    """The lead unit's letter of this round, written or written anew until it is signed.

    ``to_class`` puts the same text before every other suggestion of the class the unit leads (4-24), but for those
    somebody wrote a text of their own for; ``version`` is the draft's. Conflict where somebody drafted it meanwhile.
    """
    part = own_part(actor, part_id)
    _check(part, letter)
    found = draft_of(part, part.suggestion.round)
    former = found.body if found is not None else None
    if found is not None:
        if version is None:
            raise Conflict(STALE)
        check_version(found, version)
    reply = _write(actor, part, letter, found)
    if to_class:
        for other in others_of_class(actor, part, HANDLE_SUGGESTIONS):
            draft = draft_of(other, other.suggestion.round)
            if draft is None or draft.body == former:
                _write(actor, other, letter, draft)
    db.session.flush()
    attachments.store_all(
        files, subject_kind=FILES, subject_id=reply.id, scope_code=part.suggestion.area_code, actor=actor
    )
    return reply


def _check(part: SuggestionUnit, letter: Letter) -> None:
    if part.part is not UnitPart.LEAD:
        raise DomainError(_l("答复函由主办单位起草；协办单位提交协办意见。"))
    if part.state is not HandlingState.SIGNED:
        raise DomainError(_l("签收以后、答复以前才能起草答复函。"))
    if not letter.body.strip():
        raise DomainError(_l("请写明答复内容。"), "body")
    if letter.fulfilment in TO_BE_KEPT and not letter.promises:
        raise DomainError(_l("答复后才落实的，请至少写一项承诺事项和完成日期。"), "promises")
    for content, _due in letter.promises:
        if not content.strip():
            raise DomainError(_l("请写明承诺的内容。"), "promises")


def _write(
    actor: Actor, part: SuggestionUnit, letter: Letter, found: SuggestionReply | None
) -> SuggestionReply:
    if found is not None and found.state is ReplyState.SIGNED:
        raise DomainError(_l("这一轮的答复函已经签发，不能再改。"))
    reply = found or SuggestionReply(
        suggestion=part.suggestion, suggestion_unit=part, unit=part.unit, round=part.suggestion.round
    )
    values: dict[str, Any] = {
        "number": letter.number.strip(),
        "reply_class": letter.reply_class,
        "reply_way": letter.reply_way,
        "body": letter.body.strip(),
        "fulfilment": letter.fulfilment,
        "promised": [[content.strip(), due.isoformat()] for content, due in letter.promises],
        "handler": letter.handler.strip() or part.handler,
        "handler_phone": letter.handler_phone.strip() or part.handler_phone,
        "copied_to": letter.copied_to.strip(),
    }
    for key, value in values.items():
        if getattr(reply, key) != value:
            setattr(reply, key, value)
    db.session.add(reply)
    write_down(actor, part.suggestion, Step.DRAFT_REPLY, part=part, note=in_chinese(letter.reply_class))
    return reply


def sign_reply(
    actor: Actor,
    reply_id: int,
    *,
    signed_by: str,
    number: str,
    replied_on: date | None = None,
    to_class: bool = False,
    version: int | None = None,
) -> SuggestionReply:
    """The unit's head signs and the letter goes out; staff sign in what came on paper. A clerk may not.

    ``to_class`` signs the drafts of the same unit for the other suggestions of the class, each a reply of its own.
    """
    reply = get_handled_reply(actor, reply_id, SIGN_REPLIES)
    check_version(reply, version)
    day = replied_on or clock.today()
    _check_signature(reply, signed_by, number, day)
    refuse_earlier(actor, reply.suggestion_unit, day, "replied_on", SIGN_REPLIES)
    drafts = [reply]
    if to_class:
        others = others_of_class(actor, reply.suggestion_unit, SIGN_REPLIES)
        found = (draft_of(part, part.suggestion.round) for part in others)
        drafts += [one for one in found if one is not None and one.state is ReplyState.DRAFT]
    for one in drafts:
        _send(actor, one, signed_by.strip(), number.strip(), day)
    return reply


def _check_signature(reply: SuggestionReply, signed_by: str, number: str, day: date) -> None:
    part = reply.suggestion_unit
    if reply.state is ReplyState.SIGNED:
        raise DomainError(_l("这封答复函已经签发。"))
    if reply.round != part.suggestion.round:
        raise DomainError(_l("这封答复函是上一轮办理的，请重新起草。"))
    if part.part is not UnitPart.LEAD:
        raise DomainError(_l("答复函由主办单位起草；协办单位提交协办意见。"))
    if not signed_by.strip():
        raise DomainError(_l("请写明由哪位负责人签发。"), "signed_by")
    if not number.strip():
        raise DomainError(_l("请填写答复函的文号。"), "number")
    if day > clock.today():
        raise DomainError(LATER_THAN_TODAY, "replied_on")
    if day < earliest_reply_day(part):
        raise DomainError(_l("答复日期早于交办日期，请核对。"), "replied_on")


def earliest_reply_day(part: SuggestionUnit) -> date:
    """The first day a reply may bear: nobody answers what was not yet handed over."""
    suggestion = part.suggestion
    # Handled again: the new letter is not older than the unit's last one, which this takes the place of.
    last = db.session.scalar(
        select(func.max(SuggestionReply.replied_on)).where(
            SuggestionReply.suggestion_unit_id == part.id, SuggestionReply.state == ReplyState.SIGNED
        )
    )
    days = (suggestion.raised_on, part.sent_on, suggestion.assigned_on, suggestion.replied_on, last)
    return max(day for day in days if day is not None)


def _send(actor: Actor, reply: SuggestionReply, signed_by: str, number: str, day: date) -> None:
    part, suggestion = reply.suggestion_unit, reply.suggestion
    day = max(day, earliest_reply_day(part))
    note = f"{number} {in_chinese(reply.reply_class)}"
    take_unit_step(actor, part, Step.ANSWER, note=note, on=day)
    reply.state, reply.signed_by, reply.number, reply.replied_on = ReplyState.SIGNED, signed_by, number, day
    part.answered_on = day
    drop_asks(part)
    if reply.reply_way is not ReplyWay.WRITTEN and part.first_contact_on is None:
        # Answered face to face or by telephone: then they have spoken, that day at the latest.
        note_first_contact(part, day)
    end_clocks(suggestion, ClockKind.REPLY, ClockKind.REHANDLE, ClockKind.OBJECT, on=day, unit=part)
    for content, due in reply.promised or []:
        _promise(actor, reply, content, date.fromisoformat(due), day)
    db.session.flush()
    finish_replies(actor, suggestion)


def _promise(actor: Actor, reply: SuggestionReply, content: str, due: date, day: date) -> None:
    made = Promise(
        suggestion=reply.suggestion,
        unit=reply.unit,
        area_code=reply.suggestion.area_code,
        content=content,
        promised_on=day,
        due_on=max(due, day),
    )
    db.session.add(made)
    part = reply.suggestion_unit
    write_down(actor, reply.suggestion, Step.PROMISE, part=part, note=f"{due}：{content}", on=day)


def finish_replies(actor: Actor, suggestion: Suggestion) -> bool:
    """Moves the suggestion on once every lead unit has answered (separate handling has several).

    Its reply day is the first round's and stays; class and way are the latest letters': of several the farthest
    from solved.
    """
    leads = [row for row in suggestion.units if row.part is UnitPart.LEAD and row.state not in GONE]
    if suggestion.state is not SuggestionState.ASSIGNED or not leads:
        return False
    if any(row.state is not HandlingState.ANSWERED for row in leads):
        return False
    letters = _letters(suggestion)
    day = max((row.answered_on for row in leads if row.answered_on), default=clock.today())
    take_step(actor, suggestion, Step.REPLY, on=day)
    suggestion.replied_on = suggestion.replied_on or day
    # The word on the former round's reply is on its slip; on this one there is none yet (4-04).
    suggestion.satisfaction, suggestion.solved = None, False
    if letters:
        suggestion.reply_class = max((one.reply_class for one in letters), key=list(ReplyClass).index)
        suggestion.reply_way = letters[-1].reply_way
    end_clocks(suggestion, ClockKind.REPLY, ClockKind.REHANDLE, on=day)
    start_clock(suggestion, ClockKind.FEEDBACK, day)
    db.session.flush()
    _tell_replied(suggestion)
    return True


def _letters(suggestion: Suggestion) -> Sequence[SuggestionReply]:
    """Signed letters of this round, of the units that lead."""
    joined = select(SuggestionReply).join(
        SuggestionUnit, SuggestionUnit.id == SuggestionReply.suggestion_unit_id
    )
    wanted = joined.where(
        SuggestionUnit.part == UnitPart.LEAD,
        SuggestionReply.suggestion_id == suggestion.id,
        SuggestionReply.round == suggestion.round,
        SuggestionReply.state == ReplyState.SIGNED,
    )
    return db.session.scalars(wanted.order_by(SuggestionReply.replied_on, SuggestionReply.id)).all()


def _tell_replied(suggestion: Suggestion) -> None:
    key = f"suggestion:{suggestion.id}:replied:{suggestion.round}"
    told: dict[str, Any] = {
        "kind": NoticeKind.SUGGESTION,
        "area_code": suggestion.area_code,
        "url": f"/suggestions/{suggestion.id}",
    }
    title = _l("建议%(number)s已答复", number=suggestion.shown_number)
    tell(
        key=key,
        person_ids=[mandate.person_id for mandate in proposers(suggestion)],
        title=title,
        body=_l("请查看答复函，并反馈是否满意、问题是否解决。"),
        **told,
    )
    tell(key=key, user_ids=list_staff(suggestion.area_code), title=title, body=suggestion.title, **told)
