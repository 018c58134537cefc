"""Reminders before a deadline and urging letters after it, at the distances of the rules, each once (4-07, 4-20)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from app.extensions import db
from app.kit import audit, clock
from app.kit.authorisation import Actor, operator
from app.kit.i18n import _l
from app.notices.announcing import register_announcer
from app.notices.operations import tell
from app.notices.queries import get_rules, list_staff
from app.notices.states import NoticeKind
from app.stations.queries.transfers import users_of_unit
from app.suggestions.clock_rules import GRACE_DAYS, OF_OFFICE, reminder_due, urge_due
from app.suggestions.clocks.book import RuleBook, load_book
from app.suggestions.models import Suggestion, SuggestionClock, SuggestionUnit, Urge
from app.suggestions.operations.clocks import may_be_urged, write_urge
from app.suggestions.queries.clocks import list_assigners
from app.suggestions.states import ClockKind
from app.suggestions.suggestion_rules import SuggestionRules


def announce_deadlines(now: datetime) -> int:
    """Tells whoever must act what is due soon, and urges units that are late; how many were told or urged."""
    today, hour = clock.local(now).date(), clock.local(now).hour
    book = load_book()
    done = 0
    awake: dict[str, bool] = {}
    for running in _near(today, book):
        area = running.area_code
        if area not in awake:
            awake[area] = hour >= get_rules(area).from_hour
        if not awake[area]:
            continue
        rules: SuggestionRules = book.rules_of(area, running.started_on)
        distance = reminder_due(running.due_on, rules.remind_before, today)
        if distance is not None:
            done += _remind(running, distance, today)
        distance = urge_due(running.due_on, rules.urge_after, today)
        if distance is not None:
            done += _press(running, distance)
    return done


def _near(today: date, book: RuleBook) -> Iterable[SuggestionClock]:
    """Running deadlines on one of the days for which some rule has a distance."""
    days = {
        today + timedelta(days=sign * n - late)
        for rules in book.all_rules()
        for sign, distances in ((1, rules.remind_before), (-1, rules.urge_after))
        for n in distances
        for late in range(GRACE_DAYS)
    }
    wanted = (
        select(SuggestionClock)
        .where(SuggestionClock.ended_on.is_(None), SuggestionClock.due_on.in_(sorted(days)))
        .options(
            joinedload(SuggestionClock.suggestion).joinedload(Suggestion.lead_mandate),
            joinedload(SuggestionClock.suggestion_unit).joinedload(SuggestionUnit.unit),
        )
        .order_by(SuggestionClock.id)
    )
    return db.session.scalars(wanted).all()


def _remind(running: SuggestionClock, distance: int, today: date) -> int:
    suggestion = running.suggestion
    users, persons = _addressees(running)
    left = (running.due_on - today).days
    return tell(
        key=f"clock:{running.id}:{running.due_on}:before:{distance}",
        kind=NoticeKind.SUGGESTION_DUE,
        area_code=suggestion.area_code,
        user_ids=users,
        person_ids=persons,
        title=_l("还有 %(n)s 天到期：建议%(number)s的%(kind)s", n=left, number=suggestion.shown_number,
                 kind=running.kind.label),
        body=_l("“%(title)s”的%(kind)s期限是 %(day)s，请按时办理。", title=suggestion.title,
                kind=running.kind.label, day=running.due_on),
        url=f"/suggestions/{suggestion.id}",
    )  # fmt: skip


def _press(running: SuggestionClock, distance: int) -> int:
    """An urging letter to the unit that is late; anybody else is told. Once for a distance, whoever asks."""
    occasion = f"{running.id}:{running.due_on}:{distance}"
    if may_be_urged(running):
        if db.session.scalar(select(Urge.id).where(Urge.occasion == occasion)) is not None:
            return 0
        try:
            # Another worker may be writing the same letter at this moment.
            with db.session.begin_nested():
                urge = write_urge(_office(), running, occasion=occasion)
        except IntegrityError:
            return 0
        _tell_late(running, f"urge:{urge.id}:staff", list_staff(running.area_code), ())
        return 1
    if running.kind is ClockKind.OBJECT:
        return 0
    users, persons = _addressees(running)
    return _tell_late(running, f"clock:{running.id}:{running.due_on}:after:{distance}", users, persons)


def _office() -> Actor:
    """Nobody in particular: the day had come."""
    return operator("系统", audit.acting().source)


def _tell_late(running: SuggestionClock, key: str, users: Iterable[int], persons: Iterable[int]) -> int:
    suggestion = running.suggestion
    unit = running.suggestion_unit.unit.name if running.suggestion_unit else ""
    return tell(
        key=key,
        kind=NoticeKind.SUGGESTION_DUE,
        area_code=suggestion.area_code,
        user_ids=users,
        person_ids=persons,
        title=_l("已逾期：建议%(number)s的%(kind)s", number=suggestion.shown_number, kind=running.kind.label),
        body=_l("“%(title)s”的%(kind)s期限是 %(day)s。%(unit)s", title=suggestion.title,
                kind=running.kind.label, day=running.due_on, unit=unit),
        url=f"/suggestions/{suggestion.id}",
    )  # fmt: skip


def _addressees(running: SuggestionClock) -> tuple[list[int], list[int]]:
    """(users, persons) who must act before the deadline."""
    if running.kind is ClockKind.FEEDBACK:
        return [], [running.suggestion.lead_mandate.person_id]
    if running.suggestion_unit is not None and running.kind not in OF_OFFICE:
        return users_of_unit(running.suggestion_unit.unit_id), []
    office = list_staff(running.area_code)
    if running.kind is not ClockKind.SCREEN:
        office = sorted({*office, *list_assigners(running.area_code)})
    return office, []


register_announcer("suggestion_deadlines", announce_deadlines)
