"""What a unit does with what is in its hands: sign for it, name who handles it, speak with the proposer, help."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from app.extensions import db
from app.kit import clock
from app.kit.authorisation import Action, Actor
from app.kit.errors import DomainError
from app.kit.i18n import _l
from app.notices.operations import tell
from app.notices.states import NoticeKind
from app.notices.words import in_chinese
from app.registry.operations import check_version
from app.stations.queries.transfers import users_of_unit
from app.suggestions.clocks.running import end_clocks
from app.suggestions.life import take_unit_step, write_down
from app.suggestions.models import Suggestion, SuggestionContact, SuggestionUnit, UnitAsk
from app.suggestions.policy import HANDLE_SUGGESTIONS
from app.suggestions.queries.handling import get_visible_part, proposers
from app.suggestions.states import (
    GONE,
    AskState,
    ClockKind,
    HandlingState,
    ReplyWay,
    Step,
    SuggestionState,
    UnitPart,
)

LATER_THAN_TODAY = _l("日期不能晚于今天。")
# While it is handled; not once the slip is back or it is concluded.
UNDER_WAY = (SuggestionState.ASSIGNED, SuggestionState.REPLIED)


def own_part(
    actor: Actor, part_id: int, version: int | None = None, action: Action = HANDLE_SUGGESTIONS
) -> SuggestionUnit:
    """The part the actor handles: the unit's own, or one in the staff's area. Conflict from a stale form.

    DomainError where the suggestion is in the archive: nothing of it changes any more.
    """
    part = get_visible_part(actor, part_id, action)
    check_version(part, version)
    refuse_archived(part.suggestion)
    return part


def refuse_archived(suggestion: Suggestion) -> None:
    """Nothing is written to what is in the archive."""
    if suggestion.state is SuggestionState.ARCHIVED:
        raise DomainError(_l("这件建议已经归档，不能再改。"))


def refuse_ended(suggestion: Suggestion, step: Step) -> None:
    """Units sign, object and help while it is handled; not once the slip is back or it is concluded."""
    if suggestion.state not in UNDER_WAY:
        state = suggestion.state.label
        raise DomainError(_l("这件建议现在是“%(state)s”，不能“%(step)s”。", state=state, step=step.label))


def sign_part(
    actor: Actor, part_id: int, *, handler: str, handler_phone: str = "", version: int | None = None
) -> SuggestionUnit:
    """The unit has received the suggestion, and says who handles it (4-22)."""
    part = own_part(actor, part_id, version)
    refuse_ended(part.suggestion, Step.SIGN)
    _name_handler(part, handler, handler_phone)
    take_unit_step(actor, part, Step.SIGN, note=part.handler)
    part.signed_on = clock.today()
    db.session.flush()
    return part


def change_handler(
    actor: Actor, part_id: int, *, handler: str, handler_phone: str = "", version: int | None = None
) -> SuggestionUnit:
    """Somebody else in the unit handles it from now on (4-22)."""
    part = own_part(actor, part_id, version)
    if part.state in (HandlingState.SENT, *GONE):
        raise DomainError(_l("还没有签收，签收时填写经办人。"), "handler")
    former = part.handler
    _name_handler(part, handler, handler_phone)
    note = f"{former} → {part.handler}" if former and former != part.handler else part.handler
    write_down(actor, part.suggestion, Step.PLAN, part=part, note=note)
    db.session.flush()
    return part


def _name_handler(part: SuggestionUnit, handler: str, phone: str) -> None:
    if not handler.strip():
        raise DomainError(_l("请填写经办人。"), "handler")
    if part.handler != handler.strip():
        part.handler = handler.strip()
    if part.handler_phone != phone.strip():
        part.handler_phone = phone.strip()


def record_contact(
    actor: Actor,
    part_id: int,
    *,
    on: date,
    way: ReplyWay,
    spoke: str = "",
    note: str,
    mandate_id: int | None = None,
) -> SuggestionContact:
    """A talk with a proposer (4-08), also in session before the suggestion is handed over (4-19)."""
    part = own_part(actor, part_id)
    suggestion = part.suggestion
    if part.state in GONE:
        raise DomainError(_l("这件建议已经不在本单位办理。"))
    if on > clock.today():
        raise DomainError(LATER_THAN_TODAY, "on")
    if on < suggestion.raised_on:
        raise DomainError(_l("联系日期早于建议提出的日期，请核对。"), "on")
    if not note.strip():
        raise DomainError(_l("请写明沟通的情况。"), "note")
    mandate = next((one for one in proposers(suggestion) if one.id == mandate_id), None)
    if mandate_id is not None and mandate is None:
        raise DomainError(_l("请选择提出这件建议的代表。"), "mandate_id")
    talk = SuggestionContact(
        suggestion=suggestion,
        suggestion_unit=part,
        mandate=mandate,
        on=on,
        way=way,
        spoke=spoke.strip(),
        note=note.strip(),
    )
    db.session.add(talk)
    # The talk keeps its day; whether it was in time is a matter of when the unit wrote it down.
    note_first_contact(part, on, ended=on if _is_staff(actor, part) else clock.today())
    write_down(actor, suggestion, Step.CONTACT, part=part, note=f"{in_chinese(way)}：{note}", on=on)
    db.session.flush()
    return talk


def _is_staff(actor: Actor, part: SuggestionUnit, action: Action = HANDLE_SUGGESTIONS) -> bool:
    """Staff write down what came on paper, with its day; what a unit does bears the day it does it."""
    return actor.may_in(action, part.suggestion.area_code)


def refuse_earlier(
    actor: Actor, part: SuggestionUnit, day: date, field: str, action: Action = HANDLE_SUGGESTIONS
) -> None:
    """A unit does not make itself punctual with an earlier day."""
    if day < clock.today() and not _is_staff(actor, part, action):
        raise DomainError(_l("日期是提交当天；早于今天的纸质材料由人大工作人员补登。"), field)


def note_first_contact(part: SuggestionUnit, on: date, *, ended: date | None = None) -> None:
    """The unit has spoken with the proposer: what waited for that is over, on that day or a later one."""
    if part.first_contact_on is None or on < part.first_contact_on:
        part.first_contact_on = on
    end_clocks(part.suggestion, ClockKind.CONTACT, on=ended or on, unit=part)


def give_opinion(
    actor: Actor,
    part_id: int,
    *,
    opinion: str,
    answered_on: date | None = None,
    version: int | None = None,
) -> SuggestionUnit:
    """The opinion of a unit that helps, for the lead unit to answer with (会办意见, 3-35)."""
    part = own_part(actor, part_id, version)
    if part.part is not UnitPart.CO:
        raise DomainError(_l("主办单位用答复函答复代表，不用提交协办意见。"))
    refuse_ended(part.suggestion, Step.ANSWER)
    if not opinion.strip():
        raise DomainError(_l("请写明协办意见；没有内容的意见会被要求重新办理。"), "opinion")
    day = answered_on or clock.today()
    if day > clock.today():
        raise DomainError(LATER_THAN_TODAY, "answered_on")
    refuse_earlier(actor, part, day, "answered_on")
    if part.sent_on is not None and day < part.sent_on:
        raise DomainError(_l("提交日期早于交办日期，请核对。"), "answered_on")
    # The proposer reads the steps; the opinion is for the unit that leads.
    take_unit_step(actor, part, Step.ANSWER, note=in_chinese(_l("已提交协办意见")), on=day)
    part.opinion, part.answered_on = opinion.strip(), day
    drop_asks(part)
    end_clocks(part.suggestion, ClockKind.CO_OPINION, ClockKind.OBJECT, ClockKind.CONTACT, on=day, unit=part)
    db.session.flush()
    tell_leads(
        part.suggestion,
        f"suggestion:{part.suggestion_id}:co:{part.id}:{part.suggestion.round}",
        _l(
            "%(unit)s已对建议%(number)s提交协办意见",
            unit=part.unit.name,
            number=part.suggestion.shown_number,
        ),
    )
    return part


def drop_asks(part: SuggestionUnit) -> None:
    """What the unit asked for is no matter any more: it has answered, given the suggestion back or lost it."""
    asked = (UnitAsk.suggestion_unit_id == part.id, UnitAsk.state == AskState.ASKED)
    for ask in db.session.scalars(select(UnitAsk).where(*asked)):
        ask.state = AskState.WITHDRAWN


def tell_leads(suggestion: Suggestion, key: str, title: Any) -> None:
    """Tells the accounts of the units that lead the handling."""
    for row in suggestion.units:
        if row.part is UnitPart.LEAD and row.state not in GONE:
            tell(
                key=f"{key}:{row.id}",
                kind=NoticeKind.SUGGESTION,
                area_code=suggestion.area_code,
                user_ids=users_of_unit(row.unit_id),
                title=title,
                url=f"/handling/{row.id}",
            )
