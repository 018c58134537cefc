"""A unit objects and asks to give a suggestion back, or asks for more time; the assigning office decides (law.md 1.5)."""

from __future__ import annotations

from datetime import date
from typing import Any

from app.extensions import db
from app.kit import clock
from app.kit.authorisation import Actor
from app.kit.errors import DomainError
from app.kit.i18n import _l
from app.notices.operations import tell
from app.notices.states import NoticeKind
from app.notices.words import in_chinese
from app.registry.operations import check_version
from app.stations.queries.transfers import users_of_unit
from app.suggestions.clocks.running import end_clocks, extend_clock, start_clock
from app.suggestions.life import take_unit_step, write_down
from app.suggestions.models import SuggestionUnit, UnitAsk
from app.suggestions.operations.assignment import settle_after_leaving
from app.suggestions.operations.handling import drop_asks, own_part, refuse_ended
from app.suggestions.operations.telling import assigners
from app.suggestions.policy import ASSIGN_SUGGESTIONS, HANDLE_SUGGESTIONS
from app.suggestions.queries.asks import get_visible_ask, waiting_ask
from app.suggestions.queries.handling import REPLY_CLOCKS, clocks_of, proposers, running_clock
from app.suggestions.queries.replies import has_answered
from app.suggestions.states import (
    GONE,
    AskKind,
    AskState,
    ClockKind,
    HandlingState,
    Step,
    UnitPart,
)


def object_to(
    actor: Actor, part_id: int, *, reason: str, proposed_unit: str = "", version: int | None = None
) -> UnitAsk:
    """The unit says that it is not for it to handle, and who should; inside the deadline for objecting.

    After the deadline only staff may still write down an objection.
    """
    part = own_part(actor, part_id, version)
    if not reason.strip():
        raise DomainError(_l("请写明理由和依据。"), "reason")
    if has_answered(part):
        raise DomainError(_l("已经答复过的建议不能再提出异议，请与交办机构沟通。"))
    _check_in_time(actor, part)
    refuse_ended(part.suggestion, Step.OBJECT)
    take_unit_step(actor, part, Step.OBJECT, note=reason)
    today = clock.today()
    end_clocks(part.suggestion, ClockKind.OBJECT, on=today, unit=part)
    start_clock(part.suggestion, ClockKind.REASSIGN, today, unit=part)
    asked = UnitAsk(
        suggestion_unit=part,
        kind=AskKind.OBJECTION,
        asked_on=today,
        reason=reason.strip(),
        proposed_unit=proposed_unit.strip(),
    )
    db.session.add(asked)
    db.session.flush()
    _tell_office(asked, _l("%(unit)s对建议%(number)s提出异议，请审批", **_words(part)))
    return asked


def objection_ended_on(part: SuggestionUnit) -> date | None:
    """The last day for objecting, where it is over; None while the unit may still object."""
    # An objection ends its clock; when that is refused, the day for objecting stays the same.
    clocks = [one for one in clocks_of(part) if one.kind is ClockKind.OBJECT]
    sent = part.sent_on
    last = max((one.due_on for one in clocks if sent is None or one.started_on >= sent), default=None)
    return last if last is not None and last < clock.today() else None


def _check_in_time(actor: Actor, part: SuggestionUnit) -> None:
    ended = objection_ended_on(part)
    if ended is not None and not actor.may_in(HANDLE_SUGGESTIONS, part.suggestion.area_code):
        raise DomainError(
            _l("提出异议的期限到 %(day)s 为止，已经过了。确需调整的，请与交办机构或人大联系。", day=ended)
        )


def ask_extension(
    actor: Actor, part_id: int, *, until: date, reason: str, version: int | None = None
) -> UnitAsk:
    """The lead unit asks for more time to answer, with the reason (代表法第五十一条)."""
    part = own_part(actor, part_id, version)
    running = running_clock(part, *REPLY_CLOCKS)
    if part.part is not UnitPart.LEAD or part.state is not HandlingState.SIGNED or running is None:
        raise DomainError(_l("只有正在办理、答复期限在走的主办单位可以申请延期。"))
    if not reason.strip():
        raise DomainError(_l("请写明延期的理由。"), "reason")
    if until <= running.due_on:
        raise DomainError(_l("申请延到的日期应晚于现在的期限 %(day)s。", day=running.due_on), "until")
    if waiting_ask(part, AskKind.EXTENSION) is not None:
        raise DomainError(_l("已经有一个延期申请在等待审批。"))
    asked = UnitAsk(
        suggestion_unit=part,
        kind=AskKind.EXTENSION,
        asked_on=clock.today(),
        reason=reason.strip(),
        until=until,
    )
    db.session.add(asked)
    write_down(actor, part.suggestion, Step.ASK_EXTENSION, part=part, note=f"{until}：{reason}")
    db.session.flush()
    _tell_office(asked, _l("%(unit)s申请延期答复建议%(number)s，请审批", **_words(part)))
    return asked


def withdraw_ask(actor: Actor, ask_id: int, *, version: int | None = None) -> UnitAsk:
    """The unit no longer needs more time. An objection is only decided about: the part waits for that."""
    asked = get_visible_ask(actor, ask_id, HANDLE_SUGGESTIONS)
    check_version(asked, version)
    if asked.kind is not AskKind.EXTENSION or asked.state is not AskState.ASKED:
        raise DomainError(_l("只有还没有审批的延期申请可以撤回。"))
    asked.state, asked.decided_on = AskState.WITHDRAWN, clock.today()
    part = asked.suggestion_unit
    write_down(actor, part.suggestion, Step.NOTE, part=part, note=in_chinese(_l("撤回延期申请")))
    db.session.flush()
    return asked


def decide_ask(
    actor: Actor,
    ask_id: int,
    *,
    grant: bool,
    answer: str = "",
    until: date | None = None,
    version: int | None = None,
) -> UnitAsk:
    """The assigning office grants or refuses; a refusal says why. For an extension it may name another day."""
    asked = get_visible_ask(actor, ask_id, ASSIGN_SUGGESTIONS)
    check_version(asked, version)
    if asked.state is not AskState.ASKED:
        raise DomainError(_l("这个申请已经处理过了：%(state)s。", state=asked.state.label))
    refuse_ended(asked.suggestion_unit.suggestion, Step.GRANT if grant else Step.REFUSE)
    if not grant and not answer.strip():
        raise DomainError(_l("不同意的，请说明理由。"), "answer")
    if asked.kind is AskKind.OBJECTION:
        _decide_objection(actor, asked, grant, answer)
    else:
        _decide_extension(actor, asked, grant, answer, until)
    asked.state = AskState.GRANTED if grant else AskState.REFUSED
    asked.decided_on, asked.decided_by, asked.answer = clock.today(), actor.user_id, answer.strip()
    if asked.suggestion_unit.state in GONE:
        drop_asks(asked.suggestion_unit)
    db.session.flush()
    _tell_unit(asked)
    return asked


def _decide_objection(actor: Actor, asked: UnitAsk, grant: bool, answer: str) -> None:
    part, today = asked.suggestion_unit, clock.today()
    take_unit_step(actor, part, Step.GRANT if grant else Step.REFUSE, note=answer)
    if not grant:
        end_clocks(part.suggestion, ClockKind.REASSIGN, on=today, unit=part)
        part.signed_on = part.signed_on or today
        return
    end_clocks(part.suggestion, *ClockKind, on=today, unit=part)
    db.session.flush()
    settle_after_leaving(actor, part.suggestion, note=answer)


def _decide_extension(actor: Actor, asked: UnitAsk, grant: bool, answer: str, until: date | None) -> None:
    part = asked.suggestion_unit
    if not grant:
        write_down(actor, part.suggestion, Step.REFUSE_EXTENSION, part=part, note=answer)
        return
    running = running_clock(part, *REPLY_CLOCKS)
    day = until or asked.until
    if running is None or day is None:
        raise DomainError(_l("这个期限已经结束，不用再延期。"))
    extend_clock(running, day)
    asked.until = day
    write_down(actor, part.suggestion, Step.GRANT_EXTENSION, part=part, note=f"{day} {answer}".strip())
    tell(
        key=f"unit_ask:{asked.id}:extended",
        kind=NoticeKind.SUGGESTION,
        area_code=part.suggestion.area_code,
        person_ids=[mandate.person_id for mandate in proposers(part.suggestion)],
        title=_l("建议%(number)s的答复期限延至 %(day)s", number=part.suggestion.shown_number, day=day),
        body=asked.reason,
        url=f"/suggestions/{part.suggestion_id}",
    )


def _words(part: SuggestionUnit) -> dict[str, Any]:
    return {"unit": part.unit.name, "number": part.suggestion.shown_number}


def _tell_office(asked: UnitAsk, title: Any) -> None:
    area_code = asked.suggestion_unit.suggestion.area_code
    tell(
        key=f"unit_ask:{asked.id}:asked",
        kind=NoticeKind.SUGGESTION,
        area_code=area_code,
        user_ids=assigners(area_code),
        title=title,
        body=asked.reason,
        url=f"/asks/{asked.id}",
    )


def _tell_unit(asked: UnitAsk) -> None:
    part = asked.suggestion_unit
    title = _l(
        "建议%(number)s的%(kind)s申请：%(state)s",
        number=part.suggestion.shown_number,
        kind=asked.kind.label,
        state=asked.state.label,
    )
    tell(
        key=f"unit_ask:{asked.id}:decided",
        kind=NoticeKind.SUGGESTION,
        area_code=part.suggestion.area_code,
        user_ids=users_of_unit(part.unit_id),
        title=title,
        body=asked.answer,
        url="/handling" if part.state is HandlingState.RETURNED else f"/handling/{part.id}",
    )
