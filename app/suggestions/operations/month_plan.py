"""A unit splits what it handles to persons and months (分解到人、到月份, 4-22)."""

from __future__ import annotations

from datetime import date

from app.extensions import db
from app.kit import clock
from app.kit.authorisation import Actor
from app.kit.errors import DomainError
from app.kit.i18n import _l
from app.notices.words import in_chinese
from app.registry.operations import check_version
from app.suggestions.life import write_down
from app.suggestions.models import MonthItem, SuggestionUnit
from app.suggestions.operations.handling import LATER_THAN_TODAY, own_part, refuse_archived
from app.suggestions.queries.handling import get_visible_item
from app.suggestions.states import IN_HAND, Step


def add_month_item(actor: Actor, part_id: int, *, month: date, work: str, handler: str = "") -> MonthItem:
    """What is done in a month, and by whom; without a name by the one who handles the suggestion."""
    part = own_part(actor, part_id)
    if part.state not in IN_HAND:
        raise DomainError(_l("这件建议已经不在本单位办理，不能再安排。"))
    item = MonthItem(suggestion_unit=part, month=_first_day(month))
    _fill(item, part, work, handler)
    db.session.add(item)
    _write(actor, part, item)
    db.session.flush()
    return item


def update_month_item(
    actor: Actor,
    item_id: int,
    *,
    month: date,
    work: str,
    handler: str = "",
    done_on: date | None = None,
    version: int | None = None,
) -> MonthItem:
    """Corrects an item of the plan, or says that it is done."""
    item = _own_item(actor, item_id)
    check_version(item, version)
    if done_on is not None and done_on > clock.today():
        raise DomainError(LATER_THAN_TODAY, "done_on")
    item.month = _first_day(month)
    _fill(item, item.suggestion_unit, work, handler)
    item.done_on = done_on
    _write(actor, item.suggestion_unit, item)
    db.session.flush()
    return item


def finish_month_item(actor: Actor, item_id: int) -> MonthItem:
    """The item is done today; done once, it stays as it is."""
    item = _own_item(actor, item_id)
    if item.done_on is None:
        item.done_on = clock.today()
        _write(actor, item.suggestion_unit, item)
        db.session.flush()
    return item


def delete_month_item(actor: Actor, item_id: int) -> SuggestionUnit:
    """Takes an item off the plan; the log of steps keeps that it was there."""
    item = _own_item(actor, item_id)
    part = item.suggestion_unit
    note = _l("取消安排：%(item)s", item=_described(item))
    write_down(actor, part.suggestion, Step.PLAN, part=part, note=in_chinese(note))
    db.session.delete(item)
    db.session.flush()
    return part


def _own_item(actor: Actor, item_id: int) -> MonthItem:
    item = get_visible_item(actor, item_id)
    refuse_archived(item.suggestion_unit.suggestion)
    return item


def _first_day(month: date) -> date:
    return month.replace(day=1)


def _fill(item: MonthItem, part: SuggestionUnit, work: str, handler: str) -> None:
    if not work.strip():
        raise DomainError(_l("请写明这个月做什么。"), "work")
    item.work, item.handler = work.strip(), (handler.strip() or part.handler)
    if not item.handler:
        raise DomainError(_l("请写明由谁办理。"), "handler")


def _described(item: MonthItem) -> str:
    return f"{item.month:%Y-%m} {item.handler} {item.work}"


def _write(actor: Actor, part: SuggestionUnit, item: MonthItem) -> None:
    done = f" {item.done_on} ✓" if item.done_on else ""
    write_down(actor, part.suggestion, Step.PLAN, part=part, note=f"{_described(item)}{done}")
