"""Choosing deputies and areas in the forms of other features: what may be chosen, and how it is shown."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from app.extensions import db
from app.kit.authorisation import Action, Actor
from app.kit.errors import DomainError
from app.kit.i18n import _l
from app.registry.models import Area, Mandate, Person
from app.registry.policy import LIST_DEPUTIES
from app.registry.queries import in_office, list_areas, visible_mandates


def area_choices(actor: Actor, action: Action) -> list[tuple[str, str]]:
    """(code, name) of the areas in which the actor may do this, counties and townships."""
    return [(area.code, area.name) for area in list_areas(actor.areas(action)) if area.code]


def chosen_options(actor: Actor, ids: Collection[int], kept: Collection[int] = ()) -> list[tuple[int, str]]:
    """(mandate, label) of chosen deputies for a picker; ``kept`` are on the record already, seen or not."""
    if not ids:
        return []
    seen = or_(visible_mandates(actor, LIST_DEPUTIES), Mandate.id.in_(kept))
    rows = db.session.execute(
        select(Mandate.id, Person.name, Mandate.level, Area.name)
        .join(Person, Person.id == Mandate.person_id)
        .join(Area, Area.code == Mandate.scope_code)
        .where(Mandate.id.in_(ids), seen)
    )
    labels = {row[0]: f"{row[1]}（{row[2].label} {row[3]}）" for row in rows}
    return [(identity, labels[identity]) for identity in dict.fromkeys(ids) if identity in labels]


def choose_mandates(
    actor: Actor,
    ids: Sequence[int],
    *,
    on: date,
    kept: Collection[int] = (),
    ask_again: bool = False,
    field: str,
) -> list[Mandate]:
    """The chosen deputies with their persons, in the order chosen.

    Each must be in the actor's roster and in office on the day. ``kept`` ones, on the record already, may
    sit elsewhere, and are asked for the day only with ``ask_again`` (the day is another one now).
    """
    wanted = list(dict.fromkeys(ids))
    found = {
        mandate.id: mandate
        for mandate in db.session.scalars(
            select(Mandate)
            .where(Mandate.id.in_(wanted), or_(visible_mandates(actor, LIST_DEPUTIES), Mandate.id.in_(kept)))
            .options(joinedload(Mandate.person))
        )
    }
    if len(found) != len(wanted):
        raise DomainError(_l("选择的代表中有的不在您的管理范围内，请重新选择。"), field)
    _refuse_out_of_office([found[i] for i in wanted if ask_again or i not in kept], on, field)
    return [found[identity] for identity in wanted]


def _refuse_out_of_office(mandates: Sequence[Mandate], on: date, field: str) -> None:
    ids = [mandate.id for mandate in mandates]
    serving = set(db.session.scalars(select(Mandate.id).where(Mandate.id.in_(ids), in_office(on))))
    away = [mandate.person.name for mandate in mandates if mandate.id not in serving]
    if away:
        raise DomainError(
            _l(
                "%(day)s这一天不在任（未开始、已终止或暂停执行职务）：%(names)s。请核对日期或人员。",
                day=on,
                names="、".join(away[:10]),
            ),
            field,
        )
