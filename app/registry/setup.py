"""Bringing the database in line with an office's profile: what is new is made, what differs is changed."""

from __future__ import annotations

from datetime import date
from typing import Any, TypeVar

from sqlalchemy import select

from app.extensions import db
from app.kit.authorisation import Actor, authorise
from app.kit.database import Base
from app.registry.models import Area, RuleSet, Term
from app.registry.policy import EDIT_SETTINGS
from app.registry.profile import EACH_TOWNSHIP, Profile, TermProfile
from app.registry.states import AreaKind, Level

IN_FORCE_FROM = date(2000, 1, 1)
"""A profile gives rules no day of their own: they hold for every term it describes."""

COUNTRY = "中华人民共和国"
M = TypeVar("M", bound=Base)


class Applied:
    """How many rows were made, changed, and found as they should be."""

    def __init__(self) -> None:
        self.created = 0
        self.updated = 0
        self.unchanged = 0


def apply_profile(actor: Actor, profile: Profile) -> Applied:
    """Areas, terms and rules of one office. Run again it changes what differs and never duplicates."""
    authorise(actor, EDIT_SETTINGS, profile.area.code)
    applied = Applied()
    _areas(profile, applied)
    for term in profile.terms:
        _term(profile, term, applied)
    for topic, content in profile.rules.items():
        values = {"content": content, "document": str(content.get("document", ""))[:200]}
        found = db.session.scalar(
            select(RuleSet).where(
                RuleSet.area_code == profile.area.code,
                RuleSet.topic == topic,
                RuleSet.valid_from == IN_FORCE_FROM,
            )
        )
        key = {"area_code": profile.area.code, "topic": topic, "valid_from": IN_FORCE_FROM}
        _put(applied, RuleSet, found, key, values)
    return applied


def _areas(profile: Profile, applied: Applied) -> None:
    area = profile.area
    wanted: list[tuple[str, str, AreaKind, str | None]] = [("", COUNTRY, AreaKind.COUNTRY, None)]
    for above, kind in ((area.province, AreaKind.PROVINCE), (area.city, AreaKind.CITY)):
        if above is not None:
            wanted.append((above.code, above.name, kind, wanted[-1][0]))
    wanted.append((area.code, area.name, AreaKind.COUNTY, wanted[-1][0]))
    wanted += [(each.code, each.name, each.area_kind, area.code) for each in profile.townships]
    for code, name, kind, parent in wanted:
        found = db.session.get(Area, code)
        if code == "" and found is not None:
            continue
        _put(applied, Area, found, {"code": code}, {"name": name, "kind": kind, "parent_code": parent})


def _term(profile: Profile, term: TermProfile, applied: Applied) -> None:
    values = term.model_dump(include={"first_year", "started_on", "first_session_on", "ended_on"})
    digits = {Level.NATIONAL: 0, Level.PROVINCE: 2, Level.CITY: 4, Level.COUNTY: 6}
    if term.level is Level.TOWNSHIP:
        seats = [(each.code, term.name.replace(EACH_TOWNSHIP, each.name)) for each in profile.townships]
    else:
        seats = [(profile.area.code[: digits[term.level]], term.name)]
    for code, name in seats:
        key = {"area_code": code, "level": term.level, "ordinal": term.number}
        found = db.session.scalar(select(Term).filter_by(**key))
        _put(applied, Term, found, key, {"name": name, **values})


def _put(
    applied: Applied, model: type[M], found: M | None, key: dict[str, Any], values: dict[str, Any]
) -> None:
    if found is None:
        db.session.add(model(**key, **values))
        applied.created += 1
    else:
        changed = {name: value for name, value in values.items() if getattr(found, name) != value}
        for name, value in changed.items():
            setattr(found, name, value)
        applied.updated += bool(changed)
        applied.unchanged += not changed
    db.session.flush()
