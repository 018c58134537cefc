"""The sentence under every deadline: from when, how long, days off by name, rolled, extended, by which document."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import select

from app.extensions import db
from app.kit.i18n import _
from app.kit.workdays import spoken
from app.suggestions.models import SuggestionClock
from app.suggestions.states import ClockKind, LengthUnit, Roll


def starting_event(kind: ClockKind) -> str:
    """What a deadline of a kind is counted from."""
    return {
        ClockKind.SCREEN: _("收到建议之日"),
        ClockKind.ASSIGN: _("审查立案之日"),
        ClockKind.OBJECT: _("交办之日"),
        ClockKind.REASSIGN: _("提出异议之日"),
        ClockKind.CONTACT: _("交办之日"),
        ClockKind.CO_OPINION: _("交办之日"),
        ClockKind.REPLY: _("交办之日"),
        ClockKind.FEEDBACK: _("答复之日"),
        ClockKind.REHANDLE: _("交回重新办理之日"),
    }[kind]


def length_in_words(length: int, unit: str) -> str:
    """3 个月, 10 个工作日, 7 日."""
    match LengthUnit(unit):
        case LengthUnit.MONTHS:
            return _("%(n)s 个月", n=length)
        case LengthUnit.WORKING_DAYS:
            return _("%(n)s 个工作日", n=length)
    return _("%(n)s 日", n=length)


def explain(clock: SuggestionClock) -> str:
    """How a due day came about, in a sentence a unit can check with a calendar (law.md 1.5)."""
    kept: dict[str, Any] = clock.working or {}
    if "length" not in kept:
        said = [
            _("按登记的期限，自%(event)s %(day)s 起", event=starting_event(clock.kind), day=clock.started_on)
        ]
        if kept.get("lawful"):
            said.append(_("按规则应为 %(day)s", day=kept["lawful"]))
        return _joined([*said, *_after(clock, kept)])
    said = [
        _("自%(event)s %(day)s 起 %(length)s（当日不计）", event=starting_event(clock.kind),
          day=clock.started_on, length=length_in_words(kept["length"], kept["unit"]))
    ]  # fmt: skip
    skipped = [(date.fromisoformat(day), name) for day, name in kept.get("skipped") or ()]
    if kept["unit"] == LengthUnit.WORKING_DAYS:
        named = _("、").join(days_off(skipped))
        said.append(_("周末和%(holidays)s不计", holidays=named) if named else _("周末不计"))
    if kept.get("rolled_from"):
        said.append(_rolled(date.fromisoformat(kept["rolled_from"]), Roll(kept["roll"]), dict(skipped)))
    return _joined([*said, *_after(clock, kept)])


def reply_explained(suggestion_id: int) -> str:
    """How the day of the reply came about, of the lead unit's latest clock; empty where none was started."""
    wanted = select(SuggestionClock).where(
        SuggestionClock.suggestion_id == suggestion_id, SuggestionClock.kind == ClockKind.REPLY
    )
    found = db.session.scalar(wanted.order_by(SuggestionClock.due_on.desc()).limit(1))
    return explain(found) if found is not None else ""


def _after(clock: SuggestionClock, kept: dict[str, Any]) -> list[str]:
    said = []
    if clock.first_due_on:
        said.append(_("原定 %(first)s，经批准延期至 %(until)s", first=clock.first_due_on, until=clock.due_on))
    if kept.get("unknown_years"):
        years = _("、").join(str(year) for year in kept["unknown_years"])
        said.append(_("%(years)s 年的放假安排还没有登记，只按周末计算", years=years))
    if kept.get("document"):
        said.append(_("依据：%(document)s", document=kept["document"]))
    return said


def _rolled(day: date, roll: Roll, names: dict[date, str]) -> str:
    name = spoken(names[day]) if day in names else _("周末")
    if roll is Roll.BEFORE:
        return _("最后一天 %(day)s 是%(name)s，提前到上一个工作日", day=day, name=name)
    return _("最后一天 %(day)s 是%(name)s，顺延到下一个工作日", day=day, name=name)


def _joined(said: list[str]) -> str:
    return _("；").join(said) + _("。")


def days_off(skipped: Iterable[tuple[date, str]]) -> list[str]:
    """Days off as people say them: 春节（2026-02-15—2026-02-23）, days of one name together."""
    found = []
    for name, group in groupby(skipped, key=lambda one: one[1]):
        days = [day for day, _name in group]
        for first, last in _runs(days):
            when = f"{first}—{last}" if last > first else str(first)
            found.append(_("%(name)s（%(when)s）", name=spoken(name), when=when))
    return found


def _runs(days: list[date]) -> Iterable[tuple[date, date]]:
    """First and last of runs without a working day's gap worth naming (a weekend may lie between)."""
    first = last = days[0]
    for day in days[1:]:
        if day - last > timedelta(days=3):
            yield first, last
            first = day
        last = day
    yield first, last
