"""Reminders before a deadline and urging letters after it, at the distances of the rules, each once (4-07, 4-20)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import cache

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from app.extensions import db
from app.kit import audit, clock
from app.kit.authorisation import Actor, operator
from app.kit.database import chunks
from app.kit.i18n import _l
from app.notices.announcing import register_announcer
from app.notices.operations import all_told, tell
from app.notices.queries import get_rules, list_staff
from app.notices.states import NoticeKind
from app.stations.queries.transfers import users_of_unit
from app.suggestions.clock_rules import GRACE_DAYS, OF_OFFICE, reminder_due, urge_due
from app.suggestions.clocks.book import RuleBook, load_book
from app.suggestions.models import Suggestion, SuggestionClock, SuggestionUnit, Urge
from app.suggestions.operations.clocks import may_be_urged, write_urge
from app.suggestions.queries.clocks import list_assigners
from app.suggestions.states import ClockKind
from app.suggestions.suggestion_rules import SuggestionRules, rules_area


def announce_deadlines(now: datetime) -> int:
    """Tells whoever must act what is due soon, and urges units that are late; how many were told or urged."""
    today, hour = clock.local(now).date(), clock.local(now).hour
    letters: list[tuple[SuggestionClock, str]] = []
    notices: dict[str, tuple[SuggestionClock, bool, tuple[list[int], list[int]]]] = {}
    who = _Addressees()
    for running, distance, late in _reached(today, hour):
        if late and may_be_urged(running):
            letters.append((running, f"{running.id}:{running.due_on}:{distance}"))
        elif not (late and running.kind is ClockKind.OBJECT):
            side = "after" if late else "before"
            notices[f"clock:{running.id}:{running.due_on}:{side}:{distance}"] = running, late, who.of(running)
    # On most passes everybody has been told: that is asked for all of them at once.
    told = all_told({key: found[2] for key, found in notices.items()})
    urged = _urged([occasion for _running, occasion in letters])
    done = sum(_press(running, occasion) for running, occasion in letters if occasion not in urged)
    for key, (running, late, (users, persons)) in notices.items():
        if key not in told:
            done += (
                _tell_late(running, key, users, persons)
                if late
                else _remind(running, key, today, users, persons)
            )
    return done


def _reached(today: date, hour: int) -> Iterator[tuple[SuggestionClock, int, bool]]:
    """Running deadlines that are at one of the distances of their rules, and whether they are over."""
    book = load_book()
    awake: dict[str, bool] = {}
    for running in _near(today, book):
        area = running.area_code
        if area not in awake:
            awake[area] = hour >= get_rules(area).from_hour
        if not awake[area]:
            continue
        level = running.suggestion.lead_mandate.level
        rules: SuggestionRules = book.rules_of(rules_area(area, level), running.started_on)
        distance = reminder_due(running.due_on, rules.remind_before, today)
        if distance is not None:
            yield running, distance, False
        distance = urge_due(running.due_on, rules.urge_after, today)
        if distance is not None:
            yield running, distance, True


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


def _remind(
    running: SuggestionClock, key: str, today: date, users: Iterable[int], persons: Iterable[int]
) -> int:
    suggestion = running.suggestion
    left = (running.due_on - today).days
    return tell(
        key=key,
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


def _urged(occasions: Sequence[str]) -> set[str]:
    """Those of these occasions that a letter was written for."""
    found: set[str] = set()
    for some in chunks(occasions):
        wanted = select(Urge.occasion).where(Urge.occasion.in_(some))
        found.update(occasion for occasion in db.session.scalars(wanted) if occasion is not None)
    return found


def _press(running: SuggestionClock, occasion: str) -> int:
    """An urging letter to the unit that is late. Once for a distance, whoever asks."""
    try:
        # Another worker may be writing the same letter at this moment.
        with db.session.begin_nested():
            urge = write_urge(_office(), running, occasion=occasion)
    except IntegrityError:
        return 0
    _tell_late(running, f"urge:{urge.id}:staff", list_staff(running.area_code), ())
    return 1


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


class _Addressees:
    """Who must act before a deadline; each unit and each office is asked for once."""

    def __init__(self) -> None:
        self._unit = cache(users_of_unit)
        self._staff = cache(list_staff)
        self._assigners = cache(list_assigners)

    def of(self, running: SuggestionClock) -> tuple[list[int], list[int]]:
        """(users, persons)."""
        if running.kind is ClockKind.FEEDBACK:
            return [], [running.suggestion.lead_mandate.person_id]
        if running.suggestion_unit is not None and running.kind not in OF_OFFICE:
            return self._unit(running.suggestion_unit.unit_id), []
        office = self._staff(running.area_code)
        if running.kind is not ClockKind.SCREEN:
            office = sorted({*office, *self._assigners(running.area_code)})
        return office, []


register_announcer("suggestion_deadlines", announce_deadlines)
