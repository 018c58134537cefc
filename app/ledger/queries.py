"""Reading the ledger and the register of directly recorded facts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import selectinload

from app.extensions import db
from app.kit import attachments
from app.kit.authorisation import Action, Actor
from app.kit.database import within
from app.kit.errors import NotFound
from app.ledger.models import DutyEntry, DutyRecord
from app.ledger.policy import LIST_ENTRIES, REVIEW_ENTRIES, VIEW_LEDGER
from app.ledger.postings import SOURCE
from app.ledger.sources import SOURCES
from app.ledger.states import OPEN_STATES, DutyKind, DutyState, Heading, Part
from app.registry.models import Mandate
from app.registry.queries import MISSING, in_office, select_visible_mandates, visible_mandates

# Being on leave or absent is a fact, but no duty done.
DONE = tuple(part for part in Part if part not in (Part.ON_LEAVE, Part.ABSENT))


def find_mandate(actor: Actor, action: Action, mandate_id: int) -> Mandate | None:
    """The mandate, if the actor may do this for it."""
    found: Mandate | None = db.session.scalar(
        select_visible_mandates(actor, action).where(Mandate.id == mandate_id)
    )
    return found


def is_in_office(mandate: Mandate, on: date) -> bool:
    """Whether the mandate counts on that day."""
    return db.session.scalar(select(Mandate.id).where(Mandate.id == mandate.id, in_office(on))) is not None


def list_own_mandates(actor: Actor, on: date | None = None) -> list[Mandate]:
    """The actor's own mandates, those in office on a day or all, the latest first."""
    if actor.person_id is None:
        return []
    wanted = (
        select(Mandate)
        .where(Mandate.person_id == actor.person_id)
        .options(selectinload(Mandate.term))
        .order_by(Mandate.began_on.desc(), Mandate.id)
    )
    return list(db.session.scalars(wanted if on is None else wanted.where(in_office(on))))


# --- directly recorded facts ------------------------------------------------------------------------------


def visible_entries(actor: Actor, action: Action = LIST_ENTRIES) -> ColumnElement[bool]:
    """Entries kept in the actor's areas for this action, or about their own person."""
    scope = within(DutyEntry.scope_code, actor.areas(action))
    if not actor.owns(action):
        return scope
    own = select(Mandate.id).where(Mandate.person_id == actor.person_id)
    return or_(scope, DutyEntry.mandate_id.in_(own))


def get_visible_entry(actor: Actor, entry_id: int, action: Action = LIST_ENTRIES) -> DutyEntry:
    """The entry; NotFound where it does not exist or lies outside the actor's scope."""
    wanted = select(DutyEntry).where(DutyEntry.id == entry_id, visible_entries(actor, action))
    found = db.session.scalar(wanted)
    if found is None:
        raise NotFound(MISSING)
    return found


def list_entries(actor: Actor, action: Action, entry_ids: Sequence[int]) -> list[DutyEntry]:
    """These entries as far as the actor may see them, with deputies, in the order given."""
    found: dict[int, DutyEntry] = {}
    for start in range(0, len(entry_ids), 500):
        wanted = (
            select(DutyEntry)
            .where(DutyEntry.id.in_(entry_ids[start : start + 500]), visible_entries(actor, action))
            .options(selectinload(DutyEntry.mandate).selectinload(Mandate.person))
            .options(selectinload(DutyEntry.mandate).selectinload(Mandate.area))
        )
        found.update((entry.id, entry) for entry in db.session.scalars(wanted))
    return [found[identity] for identity in entry_ids if identity in found]


def list_reviewed_at(actor: Actor, reviewed_at: datetime) -> list[DutyEntry]:
    """What the actor reviewed in one go, as far as nothing happened to it since."""
    return list(
        db.session.scalars(
            select(DutyEntry).where(
                DutyEntry.reviewed_at == reviewed_at,
                DutyEntry.reviewed_by == actor.user_id,
                DutyEntry.state != DutyState.PENDING,
                visible_entries(actor, REVIEW_ENTRIES),
            )
        )
    )


def count_pending(actor: Actor) -> int:
    """Reports waiting for the actor's review."""
    wanted = select(func.count(DutyEntry.id)).where(
        DutyEntry.state == DutyState.PENDING,
        within(DutyEntry.scope_code, actor.areas(REVIEW_ENTRIES)),
    )
    return db.session.scalar(wanted) or 0


def list_open(mandate_id: int) -> list[DutyEntry]:
    """A mandate's reports that nobody has confirmed."""
    wanted = select(DutyEntry).where(DutyEntry.mandate_id == mandate_id, DutyEntry.state.in_(OPEN_STATES))
    return list(db.session.scalars(wanted))


def list_returned(actor: Actor) -> list[DutyEntry]:
    """The actor's own reports that were returned and not yet handed in again."""
    own = select(Mandate.id).where(Mandate.person_id == actor.person_id)
    wanted = select(DutyEntry).where(DutyEntry.mandate_id.in_(own), DutyEntry.state == DutyState.REJECTED)
    return list(db.session.scalars(wanted.order_by(DutyEntry.happened_on.desc(), DutyEntry.id.desc())))


# --- the ledger -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fact:
    """A row of the ledger with the title of its source."""

    id: int
    mandate_id: int
    kind: DutyKind
    happened_on: date
    quantity: int
    part: Part
    state: DutyState
    source_kind: str
    source_id: int
    title: str

    @property
    def source_label(self) -> str:
        """What kind of record it comes from."""
        return str(SOURCES[self.source_kind].label)


def get_visible_record(actor: Actor, record_id: int) -> DutyRecord:
    """The ledger row; NotFound where it does not exist or lies outside the actor's scope."""
    found = db.session.scalar(
        select(DutyRecord)
        .join(Mandate, Mandate.id == DutyRecord.mandate_id)
        .where(DutyRecord.id == record_id, visible_mandates(actor, VIEW_LEDGER))
    )
    if found is None:
        raise NotFound(MISSING)
    return found


def titles_of(rows: Iterable[tuple[str, int]]) -> Mapping[tuple[str, int], str]:
    """Titles of these sources (kind, number): one query per kind, however many rows."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for kind, identity in rows:
        wanted[kind].add(identity)
    titles = {}
    for kind, identities in wanted.items():
        ids = sorted(identities)
        for start in range(0, len(ids), 500):
            for identity, title in db.session.execute(SOURCES[kind].select_titles(ids[start : start + 500])):
                titles[kind, identity] = title or ""
    return titles


def _select_facts() -> Select[Any]:
    return select(*(getattr(DutyRecord, name) for name in Fact.__dataclass_fields__ if name != "title"))


def list_facts(mandate_ids: Sequence[int], since: date, until: date) -> list[Fact]:
    """Facts of these mandates from a day up to, not including, a day; the latest first."""
    wanted = (
        _select_facts()
        .where(DutyRecord.mandate_id.in_(mandate_ids))
        .where(DutyRecord.happened_on >= since, DutyRecord.happened_on < until)
        .order_by(DutyRecord.happened_on.desc(), DutyRecord.id.desc())
    )
    return _facts(db.session.execute(wanted).all())


def _facts(rows: Sequence[Any]) -> list[Fact]:
    titles = titles_of((row.source_kind, row.source_id) for row in rows)
    facts = []
    for row in rows:
        values: list[Any] = [*row, titles.get((row.source_kind, row.source_id), "")]
        facts.append(Fact(*values))
    return facts


def list_same_day(
    mandate_id: int, kind: DutyKind, on: date, except_entry_id: int | None = None
) -> list[DutyRecord]:
    """Facts of one kind that the mandate already has on that day, whatever their source (3-49)."""
    rows = db.session.scalars(
        select(DutyRecord)
        .where(DutyRecord.mandate_id == mandate_id, DutyRecord.happened_on == on, DutyRecord.kind == kind)
        .where(DutyRecord.state != DutyState.REJECTED, DutyRecord.part.in_(DONE))
    )
    return [row for row in rows if (row.source_kind, row.source_id) != (SOURCE, except_entry_id)]


def same_day_of(entries: Sequence[DutyEntry]) -> dict[int, list[str]]:
    """For each entry, what else of its kind the deputy has on that day, in words: one query for all."""
    mandates = {entry.mandate_id for entry in entries}
    days = {entry.happened_on for entry in entries}
    rows = db.session.execute(
        _select_facts()
        .where(DutyRecord.mandate_id.in_(mandates), DutyRecord.happened_on.in_(days))
        .where(DutyRecord.state != DutyState.REJECTED, DutyRecord.part.in_(DONE))
    ).all()
    facts = _facts(rows)
    return {entry.id: [_in_words(fact) for fact in facts if _is_double(entry, fact)] for entry in entries}


def _is_double(entry: DutyEntry, fact: Fact) -> bool:
    same = (fact.mandate_id, fact.kind, fact.happened_on) == (entry.mandate_id, entry.kind, entry.happened_on)
    return same and (fact.source_kind, fact.source_id) != (SOURCE, entry.id)


def _in_words(fact: Fact) -> str:
    return f"{fact.source_label} {fact.title}".strip()


def list_years(mandate_ids: Sequence[int]) -> list[int]:
    """Years in which these mandates have facts, the latest first."""
    first, last = db.session.execute(
        select(func.min(DutyRecord.happened_on), func.max(DutyRecord.happened_on)).where(
            DutyRecord.mandate_id.in_(mandate_ids)
        )
    ).one()
    return list(range(last.year, first.year - 1, -1)) if first else []


def tally(facts: Iterable[Fact]) -> dict[Heading, dict[DutyKind, int]]:
    """How many confirmed facts of duty done stand under each heading, by kind."""
    counts: dict[Heading, dict[DutyKind, int]] = {heading: {} for heading in Heading}
    for fact in facts:
        if fact.state is DutyState.CONFIRMED and fact.part in DONE:
            of_heading = counts[fact.kind.heading]
            of_heading[fact.kind] = of_heading.get(fact.kind, 0) + 1
    return counts


def count_by_heading(mandate_ids: Sequence[int]) -> dict[Heading, int]:
    """Confirmed facts of duty done by these mandates, over all years, by heading."""
    counts = dict.fromkeys(Heading, 0)
    rows = db.session.execute(
        select(DutyRecord.kind, func.count(DutyRecord.id))
        .where(DutyRecord.mandate_id.in_(mandate_ids), DutyRecord.state == DutyState.CONFIRMED)
        .where(DutyRecord.part.in_(DONE))
        .group_by(DutyRecord.kind)
    )
    for kind, count in rows:
        counts[kind.heading] += count
    return counts


def chosen_ids(statement: Select[Any], identity: Any, limit: int = 2000) -> list[int]:
    """Numbers of the rows a list shows under its filters (for "select all")."""
    return list(db.session.scalars(statement.with_only_columns(identity).order_by(identity).limit(limit)))


def files_of(kind: str, subject_ids: Sequence[int]) -> dict[int, list[attachments.Attachment]]:
    """Photographs and files of these records: one query for all."""
    files: dict[int, list[attachments.Attachment]] = {identity: [] for identity in subject_ids}
    wanted = select(attachments.Attachment).where(
        attachments.Attachment.subject_kind == kind, attachments.Attachment.subject_id.in_(subject_ids)
    )
    for file in db.session.scalars(wanted.order_by(attachments.Attachment.id)):
        files[file.subject_id].append(file)
    return files


def _may_view_files(actor: Actor, entry_id: int) -> bool:
    wanted = select(DutyEntry.id).where(DutyEntry.id == entry_id, visible_entries(actor))
    return db.session.scalar(wanted) is not None


attachments.register_subject("duty_entry", _may_view_files)
