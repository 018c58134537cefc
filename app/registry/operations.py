"""Changing the registry: check, change, flush. The audit trail follows by itself; nobody commits here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from app.extensions import db
from app.kit.authorisation import Actor, authorise
from app.kit.errors import Conflict, DomainError
from app.kit.i18n import _l
from app.registry.models import (
    Area,
    ElectingUnit,
    ElectoralDistrict,
    Mandate,
    Person,
    Post,
    RuleSet,
    Suspension,
    Term,
)
from app.registry.names import name_columns
from app.registry.policy import EDIT_DEPUTIES, EDIT_SETTINGS
from app.registry.queries import get_area
from app.registry.states import AreaKind, EndReason, Level, PostKind, SuspensionReason

# What features keep under a mandate's scope follows it: called with the mandate once it has a new one.
WHEN_MOVED: list[Callable[[Mandate], None]] = []
STALE = _l("这条记录刚刚被别人修改过。您填写的内容都还在，请对照最新内容后再保存。")


def check_version(row: Any, version: int | None) -> None:
    """Refuses a save made from a form opened before somebody else's change."""
    if version is not None and row.version != version:
        raise Conflict(STALE)


def office_of(area_code: str) -> str:
    """The office that keeps a record: the county, or the upper area itself."""
    return area_code[:6]


def _scope(area_code: str, office_code: str) -> str:
    return area_code if area_code.startswith(office_code) else office_code


def create_person(actor: Actor, *, area_code: str, name: str, **details: Any) -> Person:
    """A person new to the registry."""
    authorise(actor, EDIT_DEPUTIES, area_code)
    person = Person(area_code=area_code, **name_columns(name), **details)
    db.session.add(person)
    db.session.flush()
    return person


def update_person(actor: Actor, person: Person, *, version: int | None, name: str, **details: Any) -> Person:
    """Corrects what is known of a person."""
    _authorise_person(actor, person)
    check_version(person, version)
    for key, value in {**name_columns(name), **details}.items():
        if getattr(person, key) != value:
            setattr(person, key, value)
    db.session.flush()
    return person


def _authorise_person(actor: Actor, person: Person) -> None:
    areas = [mandate.scope_code for mandate in person.mandates] or [person.area_code]
    if not any(actor.may_in(EDIT_DEPUTIES, code) for code in areas):
        authorise(actor, EDIT_DEPUTIES, areas[0])


def create_mandate(
    actor: Actor,
    person: Person,
    *,
    area_code: str,
    term_id: int,
    elected_by: str,
    card_no: str | None,
    began_on: date,
    office_code: str | None = None,
    **details: Any,
) -> Mandate:
    """A mandate won by a person in one term; level and addressee follow from the term's congress."""
    term = db.session.get(Term, term_id)
    if term is None:
        raise DomainError(_l("请选择届次。"), "term_id")
    area = get_area(area_code)
    office = office_code or office_of(area_code)
    scope = _scope(area_code, office)
    authorise(actor, EDIT_DEPUTIES, scope)
    _check_fits(term, area)
    _check_card(office, card_no)
    _check_began(term, began_on)
    _check_free(person, term, began_on)
    mandate = Mandate(
        person_id=person.id,
        office_code=office,
        area_code=area_code,
        scope_code=scope,
        card_no=card_no or None,
        level=term.level,
        term_id=term.id,
        began_on=began_on,
        **_elected_by(term.level, area_code, elected_by),
        **details,
    )
    mandate.person = person
    db.session.add(mandate)
    db.session.flush()
    return mandate


def _check_fits(term: Term, area: Area) -> None:
    if not area.code.startswith(term.area_code):
        raise DomainError(
            _l("%(area)s不在“%(term)s”的范围内，请重新选择地区或届次。", area=area.name, term=term.name),
            "area_code",
        )
    if term.level is Level.TOWNSHIP and area.level is not Level.TOWNSHIP:
        raise DomainError(_l("乡镇代表须选择所在乡镇。"), "area_code")


def _check_card(office_code: str, card_no: str | None, except_id: int | None = None) -> None:
    if not card_no:
        return
    wanted = select(Mandate).where(Mandate.office_code == office_code, Mandate.card_no == card_no)
    other = db.session.scalar(wanted.where(Mandate.id != (except_id or 0)))
    if other is not None:
        raise DomainError(
            _l("代表证号%(card)s已登记给%(name)s，请核对。", card=card_no, name=other.person.name), "card_no"
        )


def _check_free(person: Person, term: Term, began_on: date, except_id: int | None = None) -> None:
    # Two clerks who enter the same deputy at once queue here until the first has committed.
    db.session.execute(select(Person.id).where(Person.id == person.id).with_for_update(key_share=True))
    wanted = select(Mandate.id).where(Mandate.person_id == person.id, Mandate.term_id == term.id)
    # One that ended on the day it began was entered by mistake: it holds no seat.
    ended_later = (Mandate.ended_on > began_on) & (Mandate.ended_on > Mandate.began_on)
    running = wanted.where(Mandate.ended_on.is_(None) | ended_later)
    if db.session.scalar(running.where(Mandate.id != (except_id or 0)).limit(1)) is not None:
        raise DomainError(_l("该代表在“%(term)s”已有代表职务，不能重复登记。", term=term.name), "term_id")


def _check_began(term: Term, began_on: date) -> None:
    if term.started_on and began_on < term.started_on - timedelta(days=366):
        raise DomainError(
            _l("任职日期早于本届开始日期（%(day)s），请核对。", day=term.started_on), "began_on"
        )


def _elected_by(level: Level, area_code: str, name: str) -> dict[str, Any]:
    """The district (directly elected) or unit (indirectly elected) of that name, made where it is new."""
    if not name:
        return {"electing_unit_id": None, "electoral_district_id": None}
    if level.directly_elected:
        key = {"area_code": area_code, "level": level, "name": name}
        district = db.session.scalar(select(ElectoralDistrict).filter_by(**key))
        if district is None:
            district = ElectoralDistrict(**key)
            db.session.add(district)
            db.session.flush()
        return {"electoral_district_id": district.id, "electing_unit_id": None}
    unit = db.session.scalar(select(ElectingUnit).filter_by(area_code=area_code, name=name))
    if unit is None:
        unit = ElectingUnit(area_code=area_code, name=name)
        db.session.add(unit)
        db.session.flush()
    return {"electing_unit_id": unit.id, "electoral_district_id": None}


def update_mandate(
    actor: Actor,
    mandate: Mandate,
    *,
    version: int | None,
    area_code: str,
    elected_by: str,
    card_no: str | None,
    began_on: date,
    **details: Any,
) -> Mandate:
    """Corrects a mandate. Its term stays; a wrong term is ended and entered anew."""
    authorise(actor, EDIT_DEPUTIES, mandate.scope_code)
    check_version(mandate, version)
    scope = _scope(area_code, mandate.office_code)
    authorise(actor, EDIT_DEPUTIES, scope)
    _check_fits(mandate.term, get_area(area_code))
    _check_card(mandate.office_code, card_no, mandate.id)
    if mandate.ended_on is not None and mandate.ended_on < began_on:
        raise DomainError(_l("任职日期晚于终止日期，请核对。"), "began_on")
    moved = scope != mandate.scope_code
    values = {
        "area_code": area_code,
        "scope_code": scope,
        "card_no": card_no or None,
        "began_on": began_on,
        **_elected_by(mandate.level, area_code, elected_by),
        **details,
    }
    for key, value in values.items():
        if getattr(mandate, key) != value:
            setattr(mandate, key, value)
    db.session.flush()
    for follow in WHEN_MOVED if moved else ():
        follow(mandate)
    return mandate


def end_mandate(
    actor: Actor,
    mandate: Mandate,
    *,
    version: int | None,
    ended_on: date,
    end_reason: EndReason,
    end_note: str = "",
) -> Mandate:
    """Ends a mandate on a day for one of the grounds of article 62: a person decides, never the system."""
    authorise(actor, EDIT_DEPUTIES, mandate.scope_code)
    check_version(mandate, version)
    if ended_on < mandate.began_on:
        raise DomainError(_l("终止日期早于任职日期（%(day)s），请核对。", day=mandate.began_on), "ended_on")
    mandate.ended_on, mandate.end_reason, mandate.end_note = ended_on, end_reason, end_note or None
    db.session.flush()
    return mandate


def resume_mandate(actor: Actor, mandate: Mandate, *, version: int | None) -> Mandate:
    """Takes back an end that was entered by mistake, unless the deputy got a new mandate of that term since."""
    authorise(actor, EDIT_DEPUTIES, mandate.scope_code)
    check_version(mandate, version)
    _check_free(mandate.person, mandate.term, mandate.began_on, mandate.id)
    mandate.ended_on = mandate.end_reason = mandate.end_note = None
    db.session.flush()
    return mandate


def suspend_mandate(
    actor: Actor,
    mandate: Mandate,
    *,
    reason: SuspensionReason,
    began_on: date,
    ended_on: date | None,
    note: str = "",
) -> Suspension:
    """Suspends a deputy from performing duties (art. 61)."""
    authorise(actor, EDIT_DEPUTIES, mandate.scope_code)
    if ended_on is not None and ended_on <= began_on:
        raise DomainError(_l("恢复日期应晚于暂停日期。"), "ended_on")
    # Whoever suspends the same deputy meanwhile waits; what they entered is read anew.
    db.session.refresh(mandate, with_for_update={"key_share": True})
    for other in mandate.suspensions:
        if (other.ended_on is None or other.ended_on > began_on) and (
            ended_on is None or other.began_on < ended_on
        ):
            raise DomainError(_l("与已有的暂停期间重叠，请核对日期。"), "began_on")
    suspension = Suspension(mandate=mandate, reason=reason, began_on=began_on, ended_on=ended_on, note=note)
    db.session.add(suspension)
    db.session.flush()
    return suspension


def restore_mandate(actor: Actor, suspension: Suspension, *, ended_on: date) -> None:
    """Ends a suspension: the deputy performs duties again from that day."""
    authorise(actor, EDIT_DEPUTIES, suspension.mandate.scope_code)
    if ended_on <= suspension.began_on:
        raise DomainError(_l("恢复日期应晚于暂停日期。"), "ended_on")
    suspension.ended_on = ended_on
    db.session.flush()


def create_post(
    actor: Actor,
    person: Person,
    *,
    area_code: str,
    kind: PostKind,
    title: str,
    began_on: date,
    ended_on: date | None = None,
) -> Post:
    """Somebody takes a post from a day on."""
    authorise(actor, EDIT_DEPUTIES, area_code)
    if ended_on is not None and ended_on < began_on:
        raise DomainError(_l("结束日期早于开始日期，请核对。"), "ended_on")
    post = Post(
        area_code=area_code, person_id=person.id, kind=kind, title=title, began_on=began_on, ended_on=ended_on
    )
    db.session.add(post)
    db.session.flush()
    return post


def save_area(
    actor: Actor,
    *,
    code: str,
    name: str,
    kind: AreaKind,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Area:
    """Enters an area or corrects it. Codes nest: the area above must be there already."""
    authorise(actor, EDIT_SETTINGS, code)
    if not (code.isascii() and code.isdigit()) or len(code) not in (2, 4, 6, 9):
        raise DomainError(_l("区划代码应为 2、4、6 或 9 位数字。"), "code")
    parent_code = {9: code[:6], 6: code[:4], 4: code[:2], 2: ""}[len(code)]
    if db.session.get(Area, parent_code) is None:
        raise DomainError(_l("上级区划%(code)s还没有登记，请先登记上级。", code=parent_code), "code")
    area = db.session.get(Area, code)
    if area is None:
        area = Area(code=code, parent_code=parent_code)
        db.session.add(area)
    for key, value in {"name": name, "kind": kind, "valid_from": valid_from, "valid_to": valid_to}.items():
        if getattr(area, key) != value:
            setattr(area, key, value)
    db.session.flush()
    return area


def save_term(
    actor: Actor,
    term: Term | None,
    *,
    version: int | None = None,
    level: Level,
    area_code: str,
    name: str,
    ordinal: int,
    first_year: int | None,
    started_on: date | None,
    first_session_on: date | None = None,
    ended_on: date | None = None,
) -> Term:
    """Enters a term of a congress or corrects it."""
    authorise(actor, EDIT_SETTINGS, area_code)
    if term is not None:
        authorise(actor, EDIT_SETTINGS, term.area_code)
        check_version(term, version)
    if get_area(area_code).level is not level:
        raise DomainError(_l("所选地区不是%(level)s，请重新选择。", level=level.label), "area_code")
    if ended_on is not None and (started_on is None or ended_on <= started_on):
        raise DomainError(_l("本届结束日期应晚于开始日期。"), "ended_on")
    same = select(Term.id).where(Term.area_code == area_code, Term.level == level, Term.ordinal == ordinal)
    if db.session.scalar(same.where(Term.id != (term.id if term else 0))) is not None:
        raise DomainError(_l("该地区的第%(n)s届已经登记过。", n=ordinal), "ordinal")
    term = term or Term()
    values = {
        "level": level,
        "area_code": area_code,
        "name": name,
        "ordinal": ordinal,
        "first_year": first_year,
        "started_on": started_on,
        "first_session_on": first_session_on,
        "ended_on": ended_on,
    }
    for key, value in values.items():
        if getattr(term, key) != value:
            setattr(term, key, value)
    db.session.add(term)
    db.session.flush()
    return term


def save_rule_set(
    actor: Actor, *, area_code: str, topic: str, valid_from: date, content: dict[str, Any], document: str
) -> RuleSet:
    """Puts rules of a topic in force for an area from a day on; content has been validated by the topic."""
    authorise(actor, EDIT_SETTINGS, area_code)
    key = {"area_code": area_code, "topic": topic, "valid_from": valid_from}
    rule_set = db.session.scalar(select(RuleSet).filter_by(**key))
    if rule_set is None:
        rule_set = RuleSet(**key, content=content, document=document)
        db.session.add(rule_set)
    else:
        for name, value in {"content": content, "document": document}.items():
            if getattr(rule_set, name) != value:
                setattr(rule_set, name, value)
    db.session.flush()
    return rule_set
