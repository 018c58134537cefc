"""Promises of units, followed until they are kept, however many years that takes (承诺事项台账, law.md 1.5)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from app.extensions import db
from app.kit import attachments, clock
from app.kit.authorisation import Actor, authorise
from app.kit.errors import DomainError
from app.kit.i18n import _l
from app.notices.words import in_chinese
from app.registry.operations import check_version
from app.suggestions.life import write_down
from app.suggestions.models import Promise, PromiseProgress, SuggestionStep
from app.suggestions.operations.telling import tell_proposers
from app.suggestions.policy import EDIT_SUGGESTIONS, FOLLOW_PROMISES
from app.suggestions.queries import get_visible_suggestion
from app.suggestions.queries.feedback import reply_day
from app.suggestions.queries.promises import FILES, get_visible_promise, part_of, promising_units
from app.suggestions.states import PromiseState, Step

DONE = 100


def add_promise(
    actor: Actor, suggestion_id: int, *, content: str, due_on: date, unit_id: int | None = None
) -> Promise:
    """Writes down something a unit promised in its reply; the day of the reply is the day it was promised."""
    suggestion = get_visible_suggestion(actor, suggestion_id, FOLLOW_PROMISES)
    promised_on = reply_day(suggestion)
    if promised_on is None:
        raise DomainError(_l("承诺事项写在答复里：先有答复，再登记承诺。"))
    possible = promising_units(suggestion, actor.unit_for(FOLLOW_PROMISES))
    unit = next((one for one in possible if unit_id in (None, one.id)), None)
    if unit is None:
        raise DomainError(_l("请选择作出承诺的承办单位。"), "unit_id")
    if due_on < promised_on:
        raise DomainError(_l("落实时限早于答复之日 %(day)s，请核对。", day=promised_on), "due_on")
    promise = Promise(
        suggestion=suggestion,
        unit=unit,
        area_code=suggestion.area_code,
        content=content.strip(),
        promised_on=promised_on,
        due_on=due_on,
        progress=[],
    )
    db.session.add(promise)
    db.session.flush()
    _write_down(actor, promise, in_chinese(_l("承诺：%(what)s", what=promise.content)), clock.today())
    db.session.flush()
    return promise


def update_promise(
    actor: Actor, promise_id: int, *, content: str, due_on: date, version: int | None = None
) -> Promise:
    """The office corrects what was promised or until when; a unit cannot move its own day."""
    promise = get_visible_promise(actor, promise_id, FOLLOW_PROMISES)
    authorise(actor, EDIT_SUGGESTIONS, promise.area_code)
    check_version(promise, version)
    if due_on < promise.promised_on:
        raise DomainError(_l("落实时限早于承诺之日 %(day)s，请核对。", day=promise.promised_on), "due_on")
    if promise.due_on != due_on:
        moved = _l("落实时限由 %(old)s 改为 %(new)s", old=promise.due_on, new=due_on)
        _write_down(actor, promise, in_chinese(moved), clock.today())
    promise.content, promise.due_on = content.strip(), due_on
    db.session.flush()
    return promise


def record_progress(
    actor: Actor,
    promise_id: int,
    *,
    percent: int,
    note: str,
    on: date | None = None,
    state: PromiseState | None = None,
    files: Iterable[attachments.Upload] = (),
    version: int | None = None,
) -> PromiseProgress:
    """How far a promise has come, with proof; ``state`` ends it as kept, or as not possible with the reasons.

    The proposers are told each time. DomainError for a promise that has ended, and for one said to be done in part.
    """
    promise = get_visible_promise(actor, promise_id, FOLLOW_PROMISES)
    check_version(promise, version)
    day = on or clock.today()
    _check_progress(promise, percent, note, day, state)
    progress = _append(actor, promise, percent=percent, note=note, on=day)
    attachments.store_all(
        files, subject_kind=FILES, subject_id=progress.id, scope_code=promise.area_code, actor=actor
    )
    if state is not None and state is not PromiseState.OPEN:
        promise.state, promise.ended_on = state, day
    step = _write_down(actor, promise, f"{promise.content[:60]}：{percent}% {note}".strip(), day)
    db.session.flush()
    number = promise.suggestion.shown_number
    title = _l("%(unit)s更新了建议%(number)s的承诺事项进展", unit=promise.unit.name, number=number)
    tell_proposers(promise.suggestion, step, title, note)
    return progress


def reopen_promise(actor: Actor, promise_id: int, *, note: str, version: int | None = None) -> Promise:
    """The office found that a promise said to be kept is not: it is followed again."""
    promise = get_visible_promise(actor, promise_id, FOLLOW_PROMISES)
    authorise(actor, EDIT_SUGGESTIONS, promise.area_code)
    check_version(promise, version)
    if not note.strip():
        raise DomainError(_l("请写明情况。"), "note")
    follow_again(actor, promise, note)
    db.session.flush()
    return promise


def follow_again(actor: Actor, promise: Promise, note: str) -> None:
    """Takes an ended promise up again; the caller has authorised."""
    if promise.state is PromiseState.OPEN:
        raise DomainError(_l("这项承诺正在落实，不用重新跟踪。"))
    promise.state, promise.ended_on = PromiseState.OPEN, None
    # What was said to be done is not: the last day below the whole counts again.
    earlier = [row.percent for row in promise.progress if row.percent < DONE]
    _append(actor, promise, percent=earlier[-1] if earlier else 0, note=note, on=clock.today())
    _write_down(actor, promise, f"{promise.content[:60]}：{note}", clock.today())


def end_as_kept(actor: Actor, promise: Promise, note: str, on: date) -> None:
    """Somebody went and saw that a promise is kept; the caller has authorised."""
    if promise.state is PromiseState.OPEN:
        _append(actor, promise, percent=DONE, note=note, on=on)
        promise.state, promise.ended_on = PromiseState.KEPT, on


def _append(actor: Actor, promise: Promise, *, percent: int, note: str, on: date) -> PromiseProgress:
    progress = PromiseProgress(
        promise=promise, on=on, percent=percent, note=note.strip(), by_name=actor.name[:80]
    )
    promise.percent = percent
    db.session.add(progress)
    db.session.flush()
    return progress


def _check_progress(promise: Promise, percent: int, note: str, day: date, state: PromiseState | None) -> None:
    if promise.state is not PromiseState.OPEN:
        raise DomainError(_l("这项承诺已经“%(state)s”，不再登记进展。", state=promise.state.label))
    if not promise.promised_on <= day <= clock.today():
        raise DomainError(_l("日期应在承诺之日到今天之间，请核对。"), "on")
    if not 0 <= percent <= DONE:
        raise DomainError(_l("进度是 0 到 100 之间的整数。"), "percent")
    if state is PromiseState.KEPT and percent < DONE:
        raise DomainError(_l("进度没有到百分之百，不能登记为已落实。"), "percent")
    if not note.strip():
        raise DomainError(_l("请写明进展情况。"), "note")


def _write_down(actor: Actor, promise: Promise, note: str, on: date) -> SuggestionStep:
    return write_down(actor, promise.suggestion, Step.PROMISE, part=part_of(promise), note=note, on=on)
