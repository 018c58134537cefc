"""Opinions in the hands of units: a slip with a due day, signed for, answered, returned or taken back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from app.extensions import db
from app.kit import attachments, clock, workdays
from app.kit.authorisation import Actor
from app.kit.errors import DomainError, NotFound
from app.kit.i18n import _l
from app.kit.numbering import claim_number
from app.notices.operations import tell
from app.notices.queries import list_staff
from app.notices.states import NoticeKind
from app.registry.operations import check_version
from app.registry.queries import MISSING
from app.stations.models import Opinion, OpinionTransfer
from app.stations.operations.opinion_life import take_step
from app.stations.policy import EDIT_OPINIONS, HANDLE_TRANSFERS
from app.stations.queries.opinions import get_followed_opinion, opinion_rules, transfer_in_hand
from app.stations.queries.transfers import (
    get_visible_transfer,
    list_units_for,
    may_handle,
    users_of_unit,
)
from app.stations.states import TRANSFER_TRANSITIONS, OpinionAction, TransferAction

FILES = "opinion_transfer"


def usual_due_day(area_code: str, sent_on: date) -> date:
    """Until when a unit answers if the slip says nothing else: the office's number of working days."""
    days = opinion_rules(area_code, sent_on).transfer_working_days
    return workdays.load().add(sent_on, days)


def transfer_opinion(
    actor: Actor,
    opinion_id: int,
    *,
    unit_id: int,
    requirement: str = "",
    due_on: date | None = None,
    version: int | None = None,
) -> OpinionTransfer:
    """Hands an opinion to a unit with a slip (3-34 ②). A slip another unit still has is taken back."""
    opinion = get_followed_opinion(actor, opinion_id, EDIT_OPINIONS)
    check_version(opinion, version)
    unit = next((unit for unit in list_units_for(opinion.area_code) if unit.id == unit_id), None)
    if unit is None:
        raise DomainError(_l("请选择承办单位。"), "unit_id")
    today = clock.today()
    due = due_on or usual_due_day(opinion.area_code, today)
    if due < today:
        raise DomainError(_l("办理时限早于今天，请核对。"), "due_on")
    held = transfer_in_hand(opinion.id)
    if held is not None:
        _move(held, TransferAction.WITHDRAW)
    step = take_step(actor, opinion, OpinionAction.TRANSFER, note=f"{unit.name} {requirement}".strip())
    transfer = OpinionTransfer(
        office_code=opinion.office_code,
        area_code=opinion.area_code,
        number=claim_number(OpinionTransfer, opinion.office_code, "", prefix=f"JB{today.year}"),
        opinion=opinion,
        unit=unit,
        sent_on=step.on,
        due_on=due,
        requirement=requirement.strip(),
    )
    db.session.add(transfer)
    db.session.flush()
    tell(
        key=f"transfer:{transfer.id}:sent",
        kind=NoticeKind.TRANSFER,
        area_code=opinion.area_code,
        user_ids=users_of_unit(unit.id),
        title=_l("收到意见交办单%(number)s", number=transfer.number),
        body=_l("请于 %(day)s 前签收并答复。", day=due.isoformat()),
        url=f"/transfers/{transfer.id}",
    )
    return transfer


def take_back(actor: Actor, opinion_id: int, *, note: str = "", version: int | None = None) -> Opinion:
    """The office takes a slip back from the unit; the opinion waits for another decision."""
    opinion = get_followed_opinion(actor, opinion_id, EDIT_OPINIONS)
    check_version(opinion, version)
    take_step(actor, opinion, OpinionAction.TAKE_BACK, note=note)
    held = transfer_in_hand(opinion.id)
    if held is not None:
        _move(held, TransferAction.WITHDRAW)
    db.session.flush()
    return opinion


def sign_for(
    actor: Actor, transfer_id: int, *, handler: str = "", version: int | None = None
) -> OpinionTransfer:
    """The unit has received the slip, and says who handles it."""
    transfer = _handled(actor, transfer_id, version)
    _move(transfer, TransferAction.SIGN)
    transfer.signed_on, transfer.handler = clock.today(), handler.strip()
    db.session.flush()
    return transfer


def answer_transfer(
    actor: Actor,
    transfer_id: int,
    *,
    answer: str,
    handler: str = "",
    answered_on: date | None = None,
    files: Iterable[attachments.Upload] = (),
    version: int | None = None,
) -> OpinionTransfer:
    """The unit says what it did, with files. That is an answer, not the end: the office closes the matter."""
    transfer = _handled(actor, transfer_id, version)
    day = answered_on or clock.today()
    if not answer.strip():
        raise DomainError(_l("请写明办理情况。"), "answer")
    if day > clock.today() or day < transfer.sent_on:
        raise DomainError(_l("答复日期应在交办之日到今天之间，请核对。"), "answered_on")
    _move(transfer, TransferAction.ANSWER)
    transfer.answered_on, transfer.answer = day, answer.strip()
    if handler.strip():
        transfer.handler = handler.strip()
    attachments.store_all(
        files, subject_kind=FILES, subject_id=transfer.id, scope_code=transfer.area_code, actor=actor
    )
    take_step(actor, transfer.opinion, OpinionAction.REPLY, note=f"{transfer.unit.name}：{answer}", on=day)
    db.session.flush()
    _tell_staff(transfer, "answered", _l("%(unit)s已答复意见%(number)s", **_words(transfer)))
    return transfer


def return_transfer(
    actor: Actor, transfer_id: int, *, reason: str, version: int | None = None
) -> OpinionTransfer:
    """The unit cannot handle it and says why; the opinion waits for another decision."""
    transfer = _handled(actor, transfer_id, version)
    if not reason.strip():
        raise DomainError(_l("请写明退回的理由。"), "reason")
    _move(transfer, TransferAction.RETURN)
    transfer.returned_reason = reason.strip()
    opinion = transfer.opinion
    # The unit's return is the office's taking back: nobody else could do anything with it.
    note = f"{transfer.unit.name}：{reason.strip()}"
    take_step(_for_office(actor, opinion), opinion, OpinionAction.TAKE_BACK, note=note)
    db.session.flush()
    _tell_staff(transfer, "returned", _l("%(unit)s退回了意见%(number)s", **_words(transfer)))
    return transfer


def _for_office(actor: Actor, opinion: Opinion) -> Actor:
    """The unit under its own name, with what the office's own desk would do on receiving the slip back."""
    if actor.may_in(EDIT_OPINIONS, opinion.area_code):
        return actor
    return Actor(actor.user_id, actor.name, unit_id=actor.unit_id, trusted=True, source=actor.source)


def _handled(actor: Actor, transfer_id: int, version: int | None) -> OpinionTransfer:
    transfer = get_visible_transfer(actor, transfer_id, HANDLE_TRANSFERS)
    if not may_handle(actor, transfer):
        raise NotFound(MISSING)
    check_version(transfer, version)
    return transfer


def _move(transfer: OpinionTransfer, action: TransferAction) -> None:
    after = TRANSFER_TRANSITIONS.after(transfer.state, action)
    if after is None:
        raise DomainError(
            _l(
                "这张交办单现在是“%(state)s”，不能“%(action)s”。",
                state=transfer.state.label,
                action=action.label,
            )
        )
    transfer.state = after


def _words(transfer: OpinionTransfer) -> dict[str, str]:
    return {"unit": transfer.unit.name, "number": transfer.opinion.number}


def _tell_staff(transfer: OpinionTransfer, what: str, title: object) -> None:
    tell(
        key=f"transfer:{transfer.id}:{what}",
        kind=NoticeKind.TRANSFER,
        area_code=transfer.area_code,
        user_ids=list_staff(transfer.area_code),
        title=title,
        url=f"/opinions/{transfer.opinion_id}",
    )
