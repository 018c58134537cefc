"""What a performance file holds on a day (0-25; 代表法 art. 58: performance is recorded)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import and_, or_, select

from app.extensions import db
from app.groups.models import DeputyGroup, GroupMembership
from app.ledger.models import DutyRecord
from app.ledger.sources import SOURCES
from app.ledger.states import DutyKind, DutyState, Heading, Part
from app.registry.models import Mandate, Person, Post
from app.stations.models import Station, StationAssignment

DONE = frozenset(set(Part) - {Part.ABSENT, Part.ON_LEAVE})


@dataclass(frozen=True)
class FileRow:
    """A fact in the file."""

    happened_on: date
    kind: DutyKind
    part: Part
    quantity: int
    title: str
    mandate_id: int
    source_kind: str
    source_id: int

    @property
    def done(self) -> bool:
        """Duty was done: leave and absence are on file, but count as attendance only."""
        return self.part in DONE


@dataclass(frozen=True)
class Attendance:
    """Attendance at organised activities: leave stands apart from absence."""

    present: int
    leave: int
    absent: int

    @property
    def invited(self) -> int:
        return self.present + self.leave + self.absent

    @property
    def rate(self) -> float | None:
        return self.present / self.invited if self.invited else None


@dataclass(frozen=True)
class PerformanceFile:
    """A deputy's file as it stood on a day."""

    person: Person
    mandates: tuple[Mandate, ...]
    as_of: date
    rows: tuple[FileRow, ...]
    groups: tuple[str, ...]
    stations: tuple[str, ...]
    posts: tuple[str, ...]
    years: tuple[int, ...] = field(default=())

    def of_heading(self, heading: Heading) -> list[FileRow]:
        """Facts under a heading, latest first."""
        return [row for row in self.rows if row.kind.heading is heading]

    def by_year(self, heading: Heading) -> list[tuple[int, list[FileRow]]]:
        """Facts under a heading, year by year, the latest year first."""
        found: dict[int, list[FileRow]] = {}
        for row in self.of_heading(heading):
            found.setdefault(row.happened_on.year, []).append(row)
        return sorted(found.items(), reverse=True)

    def totals(self, year: int | None = None) -> list[tuple[DutyKind, int, int]]:
        """(kind, times, quantity) of duty done, in the order of the kinds."""
        times: Counter[DutyKind] = Counter()
        quantity: Counter[DutyKind] = Counter()
        for row in self.rows:
            if row.done and (year is None or row.happened_on.year == year):
                times[row.kind] += 1
                quantity[row.kind] += row.quantity
        return [(kind, times[kind], quantity[kind]) for kind in DutyKind if times[kind]]

    def months(self, year: int) -> list[tuple[DutyKind, list[int]]]:
        """Times per month (January first) and kind in a year, for the heat map."""
        counts: dict[DutyKind, list[int]] = {}
        for row in self.rows:
            if row.done and row.happened_on.year == year:
                counts.setdefault(row.kind, [0] * 12)[row.happened_on.month - 1] += 1
        return [(kind, counts[kind]) for kind in DutyKind if kind in counts]

    def days(self) -> int:
        """Days on which duty was done (履职天数)."""
        return len({row.happened_on for row in self.rows if row.done})

    def attendance(self) -> Attendance:
        """Present, on leave, absent at organised activities."""
        parts = Counter(row.part for row in self.rows if row.source_kind == "activity")
        absent, leave = parts[Part.ABSENT], parts[Part.ON_LEAVE]
        return Attendance(sum(parts.values()) - absent - leave, leave, absent)


def get_performance_file(mandates: Sequence[Mandate], as_of: date) -> PerformanceFile:
    """The file over these mandates of one person, with what had happened by ``as_of``."""
    ids = [mandate.id for mandate in mandates]
    wanted = (
        select(
            DutyRecord.happened_on,
            DutyRecord.kind,
            DutyRecord.part,
            DutyRecord.quantity,
            DutyRecord.mandate_id,
            DutyRecord.source_kind,
            DutyRecord.source_id,
        )
        .where(
            DutyRecord.mandate_id.in_(ids),
            DutyRecord.state == DutyState.CONFIRMED,
            DutyRecord.happened_on <= as_of,
        )
        .order_by(DutyRecord.happened_on.desc(), DutyRecord.id.desc())
    )
    found = db.session.execute(wanted).all()
    titles = _titles((row.source_kind, row.source_id) for row in found)
    rows = tuple(
        FileRow(
            row.happened_on,
            row.kind,
            row.part,
            row.quantity,
            titles.get((row.source_kind, row.source_id), ""),
            row.mandate_id,
            row.source_kind,
            row.source_id,
        )
        for row in found
    )
    return PerformanceFile(
        person=mandates[0].person,
        mandates=tuple(mandates),
        as_of=as_of,
        rows=rows,
        groups=_groups(ids, as_of),
        stations=_stations(ids, as_of),
        posts=_posts(mandates[0].person_id, as_of),
        years=tuple(sorted({row.happened_on.year for row in rows}, reverse=True)),
    )


def _titles(sources: Iterable[tuple[str, int]]) -> dict[tuple[str, int], str]:
    by_kind: dict[str, set[int]] = {}
    for kind, identity in sources:
        by_kind.setdefault(kind, set()).add(identity)
    titles: dict[tuple[str, int], str] = {}
    for kind, identities in by_kind.items():
        ids = sorted(identities)
        for start in range(0, len(ids), 500):
            for identity, title in db.session.execute(SOURCES[kind].select_titles(ids[start : start + 500])):
                titles[kind, identity] = title or ""
    return titles


def _groups(mandate_ids: Sequence[int], on: date) -> tuple[str, ...]:
    wanted = (
        select(DeputyGroup.name)
        .join(GroupMembership, GroupMembership.group_id == DeputyGroup.id)
        .where(GroupMembership.mandate_id.in_(mandate_ids), GroupMembership.joined_on <= on)
        .where(or_(GroupMembership.left_on.is_(None), GroupMembership.left_on > on))
    )
    return tuple(dict.fromkeys(db.session.scalars(wanted.order_by(DeputyGroup.id))))


def _stations(mandate_ids: Sequence[int], on: date) -> tuple[str, ...]:
    wanted = (
        select(Station.name)
        .join(StationAssignment, StationAssignment.station_id == Station.id)
        .where(StationAssignment.mandate_id.in_(mandate_ids), StationAssignment.began_on <= on)
        .where(or_(StationAssignment.ended_on.is_(None), StationAssignment.ended_on > on))
    )
    return tuple(dict.fromkeys(db.session.scalars(wanted.order_by(Station.id))))


def _posts(person_id: int, on: date) -> tuple[str, ...]:
    wanted = select(Post).where(
        and_(
            Post.person_id == person_id, Post.began_on <= on, or_(Post.ended_on.is_(None), Post.ended_on > on)
        )
    )
    return tuple(post.title or post.kind.label for post in db.session.scalars(wanted.order_by(Post.began_on)))
