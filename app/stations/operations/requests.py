"""After publishing: leave, swap and substitute, agreed by the colleague and decided by staff (3-37)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.extensions import db
from app.kit import clock
from app.kit.authorisation import Actor, authorise
from app.kit.errors import DomainError
from app.kit.i18n import _l
from app.notices.operations import tell
from app.notices.queries import list_staff
from app.notices.states import NoticeKind
from app.notices.words import in_chinese
from app.registry.models import Mandate
from app.stations.calendar.checking import adding, candidates, people_on, proposals
from app.stations.calendar.queries import (
    Duty,
    covers,
    find_open_request,
    list_days_of_station,
    list_duties,
    list_requests,
    list_wishes,
)
from app.stations.models import Reception, ReceptionDeputy, ReceptionRequest
from app.stations.operations.roster import replace_row
from app.stations.policy import EDIT_CALENDARS, OWN_DUTY
from app.stations.states import (
    REQUEST_TRANSITIONS,
    DutyStanding,
    ReceptionState,
    RequestAction,
    RequestKind,
    RequestState,
    WishKind,
)


@dataclass(frozen=True)
class Exchange:
    """A colleague with a date of theirs that could be swapped for one's own."""

    colleague: Mandate
    other: Reception


def own_row(actor: Actor, reception: Reception) -> ReceptionDeputy:
    """The actor's own place on a day."""
    row = next((r for r in people_on(reception) if r.mandate.person_id == actor.person_id), None)
    if row is None:
        raise DomainError(_l("您不在这一天的接待名单里。"))
    return row


def list_exchanges(actor: Actor, reception: Reception) -> list[Exchange]:
    """Dates of colleagues at the same station which both could change without serving twice in a month."""
    mine = own_row(actor, reception)
    today = clock.today()
    until = date(today.year + 1, 12, 31)
    days = [
        day
        for day in list_days_of_station(reception.station_id, today, until)
        if day.id != reception.id and day.state is ReceptionState.PLANNED and day.held_on > today
    ]
    persons = {row.mandate.person_id for day in days for row in people_on(day)} | {mine.mandate.person_id}
    free = _Freedom(sorted(persons), today, until)
    return [
        Exchange(row.mandate, day)
        for day in days
        if free.may(mine.mandate.person_id, day, leaving=reception)
        for row in people_on(day)
        if free.may(row.mandate.person_id, reception, leaving=day)
    ]


class _Freedom:
    """When people could come: not twice in a month, not when they said they cannot."""

    def __init__(self, persons: Sequence[int], first: date, last: date) -> None:
        self.duties: dict[int, list[Duty]] = {}
        for duty in list_duties(persons, first.replace(day=1), last):
            self.duties.setdefault(duty.person_id, []).append(duty)
        self.wishes = list_wishes(persons, first, last)

    def may(self, person: int, to: Reception, *, leaving: Reception) -> bool:
        """Whether somebody could come on a day if they left another one."""
        month = to.held_on.year, to.held_on.month
        others = (duty for duty in self.duties.get(person, ()) if duty.reception_id != leaving.id)
        if any((duty.held_on.year, duty.held_on.month) == month for duty in others):
            return False
        return not any(
            one == person and wish.kind is WishKind.ABSENT and covers(wish, to.held_on)
            for one, wish in self.wishes
        )


def ask(
    actor: Actor,
    reception: Reception,
    *,
    kind: RequestKind,
    reason: str = "",
    colleague_id: int | None = None,
    other: Reception | None = None,
) -> ReceptionRequest:
    """A deputy asks; the colleague, if there is one, agrees before staff decide."""
    mine = own_row(actor, reception)
    authorise(actor, OWN_DUTY, reception.area_code, mine.mandate.person_id)
    _still_to_come(reception)
    if find_open_request(reception.id, [mine.mandate_id]) is not None:
        raise DomainError(_l("您对这一天已经提出过申请，请等待答复，或先撤回。"))
    colleague = None if kind is RequestKind.LEAVE else _colleague(actor, reception, kind, colleague_id, other)
    request = ReceptionRequest(
        area_code=reception.area_code,
        reception=reception,
        mandate=mine.mandate,
        kind=kind,
        state=RequestState.AGREED if colleague is None else RequestState.ASKED,
        reason=reason,
        colleague=colleague,
        other_reception=other if kind is RequestKind.SWAP else None,
    )
    db.session.add(request)
    db.session.flush()
    if colleague is not None:
        name, swap = mine.mandate.person.name, kind is RequestKind.SWAP
        title = _l("%(name)s想请您换班", name=name) if swap else _l("%(name)s想请您代班", name=name)
        _tell(request, "asked", [colleague], title)
    else:
        _tell_staff(request)
    return request


def _colleague(
    actor: Actor, reception: Reception, kind: RequestKind, colleague_id: int | None, other: Reception | None
) -> Mandate:
    if kind is RequestKind.SWAP:
        found = next(
            (
                one.colleague
                for one in list_exchanges(actor, reception)
                if other is not None and (one.colleague.id, one.other.id) == (colleague_id, other.id)
            ),
            None,
        )
        if found is None:
            raise DomainError(_l("请选择要和谁的哪一天交换。"), "choice")
        return found
    proposed = {p.mandate.id: p.mandate for p in proposals(reception, without=actor.person_id)}
    if colleague_id not in proposed:
        raise DomainError(_l("请选择请谁代班。"), "choice")
    return proposed[colleague_id]


def _still_to_come(reception: Reception) -> None:
    if reception.state is not ReceptionState.PLANNED or reception.held_on < clock.today():
        raise DomainError(_l("只有已公布、还没有到的接待日才能请假或换人。"))


# --- answering ------------------------------------------------------------------------------------------


def answer_request(
    actor: Actor, request: ReceptionRequest, *, agreed: bool, words: str = ""
) -> ReceptionRequest:
    """The colleague agrees, and staff decide next; or declines."""
    colleague = request.colleague
    if colleague is None:
        raise DomainError(_l("这份申请不需要您答复。"))
    authorise(actor, OWN_DUTY, request.area_code, colleague.person_id)
    _advance(request, RequestAction.AGREE if agreed else RequestAction.DECLINE)
    request.answer = words
    db.session.flush()
    if agreed:
        _tell_staff(request)
    else:
        _tell(
            request, "declined", [request.mandate], _l("%(name)s不能接受您的申请", name=colleague.person.name)
        )
    return request


def withdraw_request(actor: Actor, request: ReceptionRequest) -> ReceptionRequest:
    """The deputy comes after all."""
    authorise(actor, OWN_DUTY, request.area_code, request.mandate.person_id)
    _advance(request, RequestAction.WITHDRAW)
    db.session.flush()
    if request.colleague is not None:
        title = _l("%(name)s撤回了换班申请", name=request.mandate.person.name)
        _tell(request, "withdrawn", [request.colleague], title)
    return request


def _advance(request: ReceptionRequest, action: RequestAction) -> None:
    after = REQUEST_TRANSITIONS.after(request.state, action)
    if after is None:
        raise DomainError(
            _l("这份申请%(state)s，不能再%(action)s。", state=request.state.label, action=action.label)
        )
    request.state = after


# --- deciding -------------------------------------------------------------------------------------------


def approve_requests(
    actor: Actor, ids: Sequence[int], *, substitute_id: int | None = None
) -> list[ReceptionRequest]:
    """Staff approve: the roster changes, and both sides are told. All of them, or none and why."""
    found = list_requests(actor, ids)
    if not found:
        raise DomainError(_l("请选择要审批的申请；有的可能已经处理，请刷新后重选。"))
    return [_approve(actor, request, substitute_id) for request in found]


def _approve(actor: Actor, request: ReceptionRequest, substitute_id: int | None) -> ReceptionRequest:
    authorise(actor, EDIT_CALENDARS, request.area_code)
    _advance(request, RequestAction.APPROVE)
    _still_to_come(request.reception)
    row = next((r for r in people_on(request.reception) if r.mandate_id == request.mandate_id), None)
    if row is None:
        name = request.mandate.person.name
        raise DomainError(_l("%(name)s已经不在这一天的名单里，请不批准这份申请。", name=name))
    told = [request.mandate]
    if request.kind is RequestKind.SWAP:
        _exchange(request, row)
    else:
        by = request.colleague or _substitute(request, substitute_id)
        if by is not None:
            _refuse_trouble(request.reception, by, None)
            told.append(by)
        standing = DutyStanding.REPLACED if request.colleague is not None else DutyStanding.LEAVE
        replace_row(request.reception, row, standing, by)
    if request.kind is RequestKind.SWAP and request.colleague is not None:
        told.append(request.colleague)
    _decided(actor, request)
    _tell(request, "approved", told, _l("接待日的申请已同意"))
    return request


def _substitute(request: ReceptionRequest, substitute_id: int | None) -> Mandate | None:
    if substitute_id is None:
        return None
    known = {one.id: one for one in candidates(request.reception)}
    if substitute_id not in known:
        raise DomainError(_l("请从本站派驻的代表中选择代班的人。"), "substitute_id")
    return known[substitute_id]


def _exchange(request: ReceptionRequest, row: ReceptionDeputy) -> None:
    other, colleague = request.other_reception, request.colleague
    if other is None or colleague is None:
        raise DomainError(_l("换班的申请缺少对方的日期。"))
    _still_to_come(other)
    theirs = next((r for r in people_on(other) if r.mandate_id == colleague.id), None)
    if theirs is None:
        name = colleague.person.name
        raise DomainError(_l("%(name)s已经不在那一天的名单里，请不批准这份申请。", name=name))
    _refuse_trouble(other, request.mandate, request.reception)
    _refuse_trouble(request.reception, colleague, other)
    replace_row(request.reception, row, DutyStanding.REPLACED, colleague)
    replace_row(other, theirs, DutyStanding.REPLACED, request.mandate)


def _refuse_trouble(reception: Reception, mandate: Mandate, leaving: Reception | None) -> None:
    refusals = adding(reception, mandate, leaving=leaving).refusals
    if refusals:
        raise DomainError("".join(refusals))


def refuse_request(actor: Actor, request: ReceptionRequest, *, words: str) -> ReceptionRequest:
    """Staff do not approve, and say why."""
    authorise(actor, EDIT_CALENDARS, request.area_code)
    if not words:
        raise DomainError(_l("请写明不批准的原因。"), "words")
    _advance(request, RequestAction.REFUSE)
    request.answer = words
    _decided(actor, request)
    both = [mandate for mandate in (request.mandate, request.colleague) if mandate is not None]
    _tell(request, "refused", both, _l("接待日的申请未获批准"), words)
    return request


def _decided(actor: Actor, request: ReceptionRequest) -> None:
    request.decided_by, request.decided_at = actor.user_id, clock.now()
    db.session.flush()


def _tell(
    request: ReceptionRequest, step: str, mandates: Sequence[Mandate], title: Any, more: str = ""
) -> None:
    other = request.other_reception
    lines = [_line(request.mandate, request.reception)]
    if other is not None and request.colleague is not None:
        lines.append(_line(request.colleague, other))
    tell(
        key=f"reception-request:{request.id}:{step}",
        kind=NoticeKind.RECEPTION_REQUEST,
        area_code=request.area_code,
        person_ids=[mandate.person_id for mandate in mandates],
        title=title,
        body=" ".join(part for part in (*lines, more) if part),
        url="/reception-duty",
    )


def _tell_staff(request: ReceptionRequest) -> None:
    """The request waits for the office."""
    tell(
        key=f"reception-request:{request.id}:waiting",
        kind=NoticeKind.RECEPTION_REQUEST,
        area_code=request.area_code,
        user_ids=list_staff(request.area_code),
        title=_l("%(name)s的接待日申请待审批", name=request.mandate.person.name),
        body=_line(request.mandate, request.reception),
        url=f"/reception-requests/{request.id}",
    )


def _line(mandate: Mandate, reception: Reception) -> str:
    """Whose day it is, when and where, in the office's language."""
    name, day, station = mandate.person.name, reception.held_on, reception.station.name
    return in_chinese(_l("%(name)s：%(day)s，%(station)s。", name=name, day=str(day), station=station))
