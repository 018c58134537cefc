"""Look-backs (建议办理“回头看”, 4-02): what was concluded or promised is looked at again, and taken up where it is not done."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from app.extensions import db
from app.kit import clock
from app.kit.authorisation import Actor, authorise
from app.kit.errors import DomainError
from app.kit.i18n import _l
from app.notices.words import in_chinese
from app.registry.operations import check_version, office_of
from app.suggestions.life import write_down
from app.suggestions.models import LookBack, LookBackItem
from app.suggestions.operations.conclusion import handle_again
from app.suggestions.operations.promises import end_as_kept, follow_again
from app.suggestions.policy import LOOK_BACK
from app.suggestions.queries.look_backs import (
    Choice,
    find_by_numbers,
    get_visible_item,
    get_visible_look_back,
    select_candidates,
)
from app.suggestions.rules import unit_names
from app.suggestions.states import LookBackResult, PromiseState, Step, SuggestionState

AT_ONCE = 500


def open_look_back(actor: Actor, *, area_code: str, title: str, opened_on: date, note: str = "") -> LookBack:
    """A campaign over an area's suggestions."""
    authorise(actor, LOOK_BACK, area_code)
    made = LookBack(
        office_code=office_of(area_code),
        area_code=area_code,
        title=title.strip(),
        opened_on=opened_on,
        note=note.strip(),
        items=[],
    )
    db.session.add(made)
    db.session.flush()
    return made


def gather(actor: Actor, look_back_id: int, *, choice: Choice, first_year: int, last_year: int) -> int:
    """Adds what a choice finds among the suggestions of these years, each once; how many came."""
    look_back = _open(actor, look_back_id)
    if not 1950 <= first_year <= last_year <= 2100:
        raise DomainError(_l("年份前后颠倒或者不对，请核对。"), "first_year")
    days = (date(first_year, 1, 1), date(last_year, 12, 31))
    wanted = select_candidates(actor, look_back, choice, *days, clock.today()).limit(AT_ONCE)
    rows = db.session.execute(wanted).all()
    db.session.add_all(
        LookBackItem(look_back=look_back, suggestion_id=row[0], promise_id=row[1]) for row in rows
    )
    _moved(look_back)
    return len(rows)


def add_by_number(actor: Actor, look_back_id: int, *, numbers: str) -> int:
    """Adds single suggestions by number; DomainError names those there are none of, or that have not ended."""
    look_back = _open(actor, look_back_id)
    wanted = unit_names(numbers.replace(" ", "、"))
    found = {row.number: row for row in find_by_numbers(actor, look_back, wanted)}
    missing = [number for number in wanted if number not in found]
    if missing or not wanted:
        raise DomainError(
            _l("没有找到已办结的建议：%(numbers)s。请核对编号。", numbers="、".join(missing[:10])), "numbers"
        )
    known = set(
        db.session.scalars(
            select(LookBackItem.suggestion_id).where(
                LookBackItem.look_back_id == look_back.id, LookBackItem.promise_id.is_(None)
            )
        )
    )
    new = [row for row in found.values() if row.id not in known]
    db.session.add_all(LookBackItem(look_back=look_back, suggestion_id=row.id) for row in new)
    _moved(look_back)
    return len(new)


def drop_item(actor: Actor, item_id: int) -> LookBack:
    """Takes something off a campaign that nobody has looked at."""
    item = get_visible_item(actor, item_id)
    if item.result is not None:
        raise DomainError(_l("已经登记了结果的，不能去掉。"))
    look_back = item.look_back
    db.session.delete(item)
    _moved(look_back)
    return look_back


def record_result(
    actor: Actor,
    item_id: int,
    *,
    result: LookBackResult,
    checked_on: date,
    note: str,
    again: bool = False,
) -> LookBackItem:
    """What was found on the spot. A promise seen to be kept ends; one said to be kept and found not so is open again.

    ``again`` has the suggestion handled again (4-02); the proposer's own word on it being solved stays theirs.
    """
    item = get_visible_item(actor, item_id)
    if item.look_back.closed_on is not None:
        raise DomainError(_l("这次“回头看”已经结束，请先重新打开。"))
    if checked_on > clock.today() or checked_on < item.look_back.opened_on:
        raise DomainError(_l("检查日期应在“回头看”开始之日到今天之间，请核对。"), "checked_on")
    if result is not LookBackResult.KEPT and not note.strip():
        raise DomainError(_l("没有全部落实的，请写明情况。"), "note")
    if again and result is LookBackResult.KEPT:
        raise DomainError(_l("已落实的不用重新办理。"), "again")
    item.result, item.checked_on = result, checked_on
    item.note, item.by_name = note.strip(), actor.name[:80]
    found = f"{item.look_back.title}：{in_chinese(result)} {note}"
    write_down(actor, item.suggestion, Step.LOOK_BACK, note=found, on=checked_on)
    _follow_promise(actor, item, found)
    if again:
        if item.suggestion.state is not SuggestionState.CONCLUDED:
            raise DomainError(
                _l("这件建议现在是“%(state)s”，已办结的才能重新办理；已归档的请先从归档中取出。",
                   state=item.suggestion.state.label),
                "again",
            )  # fmt: skip
        handle_again(actor, item.suggestion, reason=found)
    db.session.flush()
    return item


def _follow_promise(actor: Actor, item: LookBackItem, found: str) -> None:
    promise = item.promise
    if promise is None or item.result is None or item.checked_on is None:
        return
    if item.result is LookBackResult.KEPT:
        end_as_kept(actor, promise, found, item.checked_on)
    elif promise.state is PromiseState.KEPT:
        follow_again(actor, promise, found)


def close_look_back(actor: Actor, look_back_id: int, *, version: int | None = None) -> LookBack:
    """Ends a campaign; what nobody has looked at stays named as such."""
    look_back = _open(actor, look_back_id)
    check_version(look_back, version)
    look_back.closed_on = max(clock.today(), look_back.opened_on)
    db.session.flush()
    return look_back


def reopen_look_back(actor: Actor, look_back_id: int, *, version: int | None = None) -> LookBack:
    """Takes a campaign up again."""
    look_back = get_visible_look_back(actor, look_back_id)
    check_version(look_back, version)
    look_back.closed_on = None
    db.session.flush()
    return look_back


def _open(actor: Actor, look_back_id: int) -> LookBack:
    look_back = get_visible_look_back(actor, look_back_id)
    if look_back.closed_on is not None:
        raise DomainError(_l("这次“回头看”已经结束，请先重新打开。"))
    return look_back


def _moved(look_back: LookBack) -> None:
    look_back.updated_at = clock.now()
    db.session.flush()
