"""What the public may know of suggestions: only published parts, of deputies their names, of nobody else anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.extensions import db
from app.kit.database import within
from app.kit.i18n import _
from app.registry.models import Area, HandlingUnit, Mandate
from app.suggestions.models import Cosigner, Publication, Suggestion, SuggestionStep, SuggestionUnit
from app.suggestions.publication_rules import STATES_OF, PublicState, public_state, without_numbers
from app.suggestions.queries import counted, handled_by
from app.suggestions.queries.publication import list_shown_here, may_be_public, search_text
from app.suggestions.states import (
    GONE,
    CosignState,
    PublishedPart,
    ReplyClass,
    Satisfaction,
    Step,
    UnitPart,
)

PAGE, COUNTED = 20, 1000
_TOLD = (Step.ACCEPT, Step.ASSIGN, Step.REPLY, Step.RATE, Step.REHANDLE, Step.CONCLUDE)


@dataclass(frozen=True)
class Asked:
    """What a reader looks for; empty where they do not say."""

    words: str = ""
    area: str = ""
    unit: str = ""
    year: int | None = None
    state: PublicState | None = None


@dataclass(frozen=True)
class PublicLine:
    """One line of the list. ``state`` is None where the process is not published."""

    id: int
    title: str
    raised_on: date
    proposer: str
    cosigners: int
    units: tuple[str, ...]
    state: PublicState | None


@dataclass(frozen=True)
class PublicPage:
    """A page of the list. ``total`` is None on all but the first; with ``beyond`` there are more than that."""

    lines: list[PublicLine]
    more: bool
    total: int | None
    beyond: bool


@dataclass(frozen=True)
class PublicResult:
    """What came of it."""

    replied_on: date | None
    reply_class: ReplyClass | None
    satisfaction: Satisfaction | None
    solved: bool
    text: str


@dataclass(frozen=True)
class PublicSuggestion:
    """One suggestion as everybody may read it; parts that are not published are empty."""

    line: PublicLine
    number: str
    category: str
    text: str = ""
    process: tuple[tuple[date, str], ...] = field(default_factory=tuple)
    result: PublicResult | None = None


def _here(*parts: PublishedPart) -> ColumnElement[bool]:
    return exists().where(
        Publication.suggestion_id == Suggestion.id,
        Publication.medium == "",
        Publication.ended_on.is_(None),
        *([Publication.part.in_(parts)] if parts else []),
    )


def _public() -> ColumnElement[bool]:
    return and_(may_be_public(), counted(), _here())


def _wanted(asked: Asked) -> list[ColumnElement[bool]]:
    conditions = [_public()]
    if asked.area:
        conditions.append(within(Suggestion.area_code, [asked.area]))
    if asked.words:
        conditions.append(search_text(asked.words))
    if asked.unit:
        conditions += [handled_by([asked.unit], UnitPart.LEAD), _here(PublishedPart.PROCESS)]
    if asked.year is not None:
        days = date(asked.year, 1, 1), date(asked.year, 12, 31)
        conditions.append(Suggestion.raised_on.between(*days))
    if asked.state is not None:
        conditions += [Suggestion.state.in_(STATES_OF[asked.state]), _here(PublishedPart.PROCESS)]
    return conditions


def _loaded() -> tuple[Any, ...]:
    return (
        joinedload(Suggestion.lead_mandate).joinedload(Mandate.person),
        selectinload(Suggestion.cosigners).load_only(Cosigner.state),
        selectinload(Suggestion.units).joinedload(SuggestionUnit.unit),
    )


def list_public(asked: Asked, after: tuple[date, int] | None = None) -> PublicPage:
    """The latest first; further pages go on from behind ``after``. Counted is on the first page, and only so far."""
    wanted = select(Suggestion.raised_on, Suggestion.id).where(*_wanted(asked))
    if after is not None:
        on, identity = after
        later = and_(Suggestion.raised_on == on, Suggestion.id < identity)
        wanted = wanted.where(or_(Suggestion.raised_on < on, later))
    most = COUNTED if after is None else PAGE
    ordered = wanted.order_by(Suggestion.raised_on.desc(), Suggestion.id.desc()).limit(most + 1)
    ids = [row[1] for row in db.session.execute(ordered)]
    return PublicPage(
        lines=_lines(ids[:PAGE]),
        more=len(ids) > PAGE,
        total=min(len(ids), COUNTED) if after is None else None,
        beyond=len(ids) > COUNTED,
    )


def _lines(ids: Sequence[int]) -> list[PublicLine]:
    found = {
        row.id: row
        for row in db.session.scalars(select(Suggestion).where(Suggestion.id.in_(ids)).options(*_loaded()))
    }
    shown = list_shown_here(ids)
    return [_line(found[identity], shown.get(identity, {})) for identity in ids]


def find_public(suggestion_id: int) -> PublicSuggestion | None:
    """A published suggestion with what of it is public."""
    wanted = select(Suggestion).where(Suggestion.id == suggestion_id, _public())
    found = db.session.scalar(wanted.options(*_loaded()))
    if found is None:
        return None
    shown = list_shown_here([found.id]).get(found.id, {})
    text, result = shown.get(PublishedPart.TEXT), shown.get(PublishedPart.RESULT)
    return PublicSuggestion(
        line=_line(found, shown),
        number=found.number or "",
        category=found.category,
        text=text.redacted if text else "",
        process=_process(found) if PublishedPart.PROCESS in shown else (),
        result=_result(found, result.redacted) if result and found.replied_on else None,
    )


def _line(row: Suggestion, shown: dict[PublishedPart, Publication]) -> PublicLine:
    told = PublishedPart.PROCESS in shown
    leads = [u.unit.name for u in row.units if u.part is UnitPart.LEAD and u.state not in GONE]
    return PublicLine(
        id=row.id,
        # Nobody looks through a title before it is shown.
        title=without_numbers(row.title),
        raised_on=row.raised_on,
        proposer=row.lead_mandate.person.name,
        cosigners=sum(one.state is CosignState.CONFIRMED for one in row.cosigners),
        units=tuple(leads) if told else (),
        state=public_state(row.state) if told else None,
    )


def _result(row: Suggestion, text: str) -> PublicResult:
    return PublicResult(row.replied_on, row.reply_class, row.satisfaction, row.problem_solved, text)


def _process(row: Suggestion) -> tuple[tuple[date, str], ...]:
    """Days and steps, without what was said and by whom; a row of the register has only its columns."""
    steps = db.session.scalars(
        select(SuggestionStep)
        .where(
            SuggestionStep.suggestion_id == row.id,
            SuggestionStep.step.in_(_TOLD),
            SuggestionStep.suggestion_unit_id.is_(None),
        )
        .order_by(SuggestionStep.id)
    )
    told = [(step.on, step.step.label) for step in steps]
    if not told:
        days = ((row.assigned_on, Step.ASSIGN), (row.replied_on, Step.REPLY))
        told = [(on, step.label) for on, step in days if on is not None]
    return ((row.raised_on, _("代表提出")), *told)


def list_public_areas() -> Sequence[tuple[str, str]]:
    """(code, name) of the offices that have published something."""
    published = exists().where(Suggestion.office_code == Area.code, _public())
    rows = db.session.execute(select(Area.code, Area.name).where(published).order_by(Area.code))
    return [(row[0], row[1]) for row in rows]


def list_public_units(area: str) -> list[str]:
    """Names of the units that lead published suggestions, for choosing one."""
    led = (
        exists()
        .where(SuggestionUnit.unit_id == HandlingUnit.id, SuggestionUnit.part == UnitPart.LEAD)
        .where(SuggestionUnit.state.not_in(GONE), SuggestionUnit.suggestion_id == Suggestion.id)
        .where(_public(), _here(PublishedPart.PROCESS))
    )
    if area:
        led = led.where(within(Suggestion.area_code, [area]))
    names = select(HandlingUnit.name).where(led).distinct()
    return list(db.session.scalars(names.order_by(HandlingUnit.name).limit(300)))
