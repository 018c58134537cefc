"""Government leaders and special committees, the field of each committee, the government's yearly hearing."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from app.extensions import db
from app.kit import clock
from app.kit.authorisation import Actor, authorise
from app.kit.database import within
from app.kit.errors import DomainError
from app.kit.i18n import _l
from app.registry.operations import check_version
from app.suggestions.models import Hearing, Suggestion, SupervisingBody
from app.suggestions.policy import EDIT_SUPERVISION
from app.suggestions.queries import counted
from app.suggestions.queries.supervising_bodies import get_visible_body, get_visible_hearing
from app.suggestions.queries.supervisors import (
    list_committees,
)
from app.suggestions.states import SupervisorKind
from app.suggestions.supervision_rules import BODIES, committee_of, fields_of


def save_body(
    actor: Actor,
    body_id: int | None,
    *,
    version: int | None = None,
    area_code: str,
    kind: SupervisorKind,
    began_on: date,
    ended_on: date | None,
    **texts: str,
) -> SupervisingBody:
    """A leader of the government or a special committee, from a day to a day; ``texts``: name, post, fields."""
    authorise(actor, EDIT_SUPERVISION, area_code)
    if kind not in BODIES:
        raise DomainError(_l("主任会议成员、委员在“代表”的职务里登记，代表小组在“小组”里登记。"), "kind")
    if ended_on is not None and ended_on < began_on:
        raise DomainError(_l("离任日期早于任职日期，请核对。"), "ended_on")
    values: dict[str, Any] = {name: (text or "").strip() for name, text in texts.items()}
    values["fields"] = "、".join(fields_of(values.get("fields", "")))
    values |= {"area_code": area_code, "kind": kind, "began_on": began_on, "ended_on": ended_on}
    if body_id is None:
        body = SupervisingBody(**values)
        db.session.add(body)
    else:
        body = get_visible_body(actor, body_id, EDIT_SUPERVISION)
        check_version(body, version)
        for name, value in values.items():
            if getattr(body, name) != value:
                setattr(body, name, value)
    db.session.flush()
    return body


def set_committees(actor: Actor, area_code: str, year: int) -> int:
    """Gives the suggestions of a year that have no committee yet the one of their category (4-26); how many."""
    authorise(actor, EDIT_SUPERVISION, area_code)
    committees = [(body.name, fields_of(body.fields)) for body in list_committees([area_code], clock.today())]
    wanted = select(Suggestion).where(
        counted(),
        within(Suggestion.area_code, [area_code]),
        Suggestion.raised_on.between(date(year, 1, 1), date(year, 12, 31)),
        Suggestion.committee == "",
        Suggestion.category != "",
    )
    changed = 0
    for suggestion in db.session.scalars(wanted.order_by(Suggestion.id)):
        name = committee_of(suggestion.category, committees)
        if name:
            suggestion.committee = name
            changed += 1
    db.session.flush()
    return changed


def save_hearing(
    actor: Actor,
    hearing_id: int | None,
    *,
    version: int | None = None,
    area_code: str,
    on: date,
    body: str,
    note: str = "",
) -> Hearing:
    """The government's executive meeting heard how suggestions are handled (4-09); it counts for the year of its day."""
    authorise(actor, EDIT_SUPERVISION, area_code)
    if on > clock.today():
        raise DomainError(_l("日期不能晚于今天。"), "on")
    values: dict[str, Any] = {
        "area_code": area_code,
        "year": on.year,
        "on": on,
        "body": body.strip(),
        "note": (note or "").strip(),
    }
    if hearing_id is None:
        hearing = Hearing(**values)
        db.session.add(hearing)
    else:
        hearing = get_visible_hearing(actor, hearing_id, EDIT_SUPERVISION)
        check_version(hearing, version)
        for name, value in values.items():
            if getattr(hearing, name) != value:
                setattr(hearing, name, value)
    db.session.flush()
    return hearing


def delete_hearing(actor: Actor, hearing_id: int, *, version: int | None = None) -> None:
    """Takes back a hearing entered by mistake."""
    hearing = get_visible_hearing(actor, hearing_id, EDIT_SUPERVISION)
    check_version(hearing, version)
    db.session.delete(hearing)
    db.session.flush()
