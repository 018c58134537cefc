"""Receptions of the public: each posts its deputies to the ledger, and is corrected with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from app.extensions import db
from app.kit import audit, clock
from app.kit.authorisation import Actor, authorise
from app.kit.errors import Conflict, DomainError
from app.kit.i18n import _l
from app.kit.numbering import claim_number, correct_number
from app.ledger.operations.posting import post
from app.registry.choosing import choose_mandates
from app.registry.operations import check_version
from app.stations.models import Reception, ReceptionDeputy, Station
from app.stations.operations.setting import NOT_LATER_THAN_TODAY, assign_values
from app.stations.policy import EDIT_STATIONS
from app.stations.postings import SOURCE
from app.stations.queries import ON_DUTY, count_opinions_of, get_visible_station
from app.stations.queries.day import list_requests_of
from app.stations.states import DutyStanding, ReceptionKind, ReceptionState


def create_reception(
    actor: Actor,
    *,
    station_id: int,
    held_on: date,
    mandate_ids: Sequence[int],
    people_received: int = 0,
    note: str = "",
    number: str = "",
    kind: ReceptionKind = ReceptionKind.PUBLIC,
    host: str = "",
) -> Reception:
    """A day on which deputies received the public at a station (3-06); each of them gets a ledger row.

    Where officials received deputies (1-22), ``host`` is the official; nobody's duty is counted.
    """
    station = get_visible_station(actor, station_id, EDIT_STATIONS)
    authorise(actor, EDIT_STATIONS, station.area_code)
    _check_reception(held_on, people_received)
    mandates = choose_mandates(actor, mandate_ids, on=held_on, field="mandate_ids")
    reception = Reception(
        office_code=station.office_code,
        area_code=station.area_code,
        station=station,
        number=claim_number(Reception, station.office_code, number, prefix=f"JD{held_on.year}"),
        kind=kind,
        host=host,
        held_on=held_on,
        people_received=people_received,
        note=note,
        deputies=[ReceptionDeputy(mandate=mandate) for mandate in mandates],
    )
    db.session.add(reception)
    db.session.flush()
    record_deputies(reception, "", names_on_duty(reception))
    post(SOURCE, [reception.id])
    return reception


def update_reception(
    actor: Actor,
    reception: Reception,
    *,
    version: int | None,
    station_id: int,
    held_on: date,
    mandate_ids: Sequence[int],
    people_received: int,
    note: str,
    number: str,
    **details: Any,
) -> Reception:
    """Corrects a reception that was held; the ledger follows. Conflict when somebody changed it meanwhile.

    ``details``: kind, host.
    """
    authorise(actor, EDIT_STATIONS, reception.area_code)
    if reception.state is not ReceptionState.HELD:
        raise Conflict(_l("这次接待还没有登记开展情况。请先登记开展情况，或在接待日历中调整。"))
    check_version(reception, version)
    station = reception.station
    if station_id != reception.station_id:
        station = get_visible_station(actor, station_id, EDIT_STATIONS)
    _check_reception(held_on, people_received)
    _check_opinions_follow(reception, station)
    before = names_on_duty(reception)
    _set_deputies(actor, reception, mandate_ids, held_on)
    assign_values(
        reception,
        {
            "station": station,
            "area_code": station.area_code,
            "held_on": held_on,
            "people_received": people_received,
            "note": note,
            "number": correct_number(reception, number),
            **details,
        },
    )
    # The deputies alone changing is a change of the reception too: its version moves on.
    reception.updated_at = clock.now()
    db.session.flush()
    record_deputies(reception, before, names_on_duty(reception))
    post(SOURCE, [reception.id])
    return reception


def delete_reception(actor: Actor, reception: Reception, *, version: int | None = None) -> None:
    """Deletes a reception entered by mistake, and its ledger rows. Refused while opinions rest on it."""
    authorise(actor, EDIT_STATIONS, reception.area_code)
    check_version(reception, version)
    resting = count_opinions_of(reception.id)
    if resting:
        raise DomainError(_l("这次接待还有 %(n)s 条群众意见，不能删除。请先处理这些意见。", n=resting))
    if reception.calendar_id is not None:
        raise DomainError(_l("这次接待是接待日历上的，不能删除。没有开展的，请取消它并写明原因。"))
    identity = reception.id
    for visitor in list(reception.visitors):
        db.session.delete(visitor)
    for request in list_requests_of(reception.id):
        db.session.delete(request)
    db.session.delete(reception)
    db.session.flush()
    post(SOURCE, [identity])


def _check_reception(held_on: date, people_received: int) -> None:
    if held_on > clock.today():
        raise DomainError(NOT_LATER_THAN_TODAY, "held_on")
    if not 0 <= people_received <= 1_000_000:
        raise DomainError(_l("接待人次不对，请检查。"), "people_received")


def _check_opinions_follow(reception: Reception, station: Station) -> None:
    """Opinions lie in the area of their station: with opinions taken, a reception stays where it was held."""
    if station.id != reception.station_id and count_opinions_of(reception.id):
        raise DomainError(_l("这次接待已经登记了群众意见，不能改联络站。"), "station_id")


def _set_deputies(actor: Actor, reception: Reception, mandate_ids: Sequence[int], held_on: date) -> None:
    standing = {row.mandate_id: row for row in reception.deputies if row.standing in ON_DUTY}
    others = {row.mandate_id: row for row in reception.deputies if row.mandate_id not in standing}
    # Whoever is on record already is asked again only for another day.
    mandates = choose_mandates(
        actor,
        mandate_ids,
        on=held_on,
        kept=standing.keys() | others.keys(),
        ask_again=held_on != reception.held_on,
        field="mandate_ids",
    )
    wanted = {mandate.id: mandate for mandate in mandates}
    for mandate_id in standing.keys() - wanted.keys():
        reception.deputies.remove(standing[mandate_id])
    for mandate_id in wanted.keys() - standing.keys():
        if mandate_id in others:
            others[mandate_id].standing = DutyStanding.PRESENT
        else:
            reception.deputies.append(ReceptionDeputy(mandate=wanted[mandate_id]))


def names_on_duty(reception: Reception) -> str:
    """Who is to receive, or received, the public: for the trail."""
    return "、".join(sorted(row.mandate.person.name for row in reception.deputies if row.standing in ON_DUTY))


def record_deputies(reception: Reception, before: str, after: str) -> None:
    """Who receives is part of the reception's story; its rows are not audited one by one."""
    if before == after:
        return
    happening = audit.Happening(
        tag=f"{audit.acting().source}:reception:update",
        area_code=reception.area_code,
        subject_kind="reception",
        subject_id=reception.id,
        subject_label=reception.audit_label,
        before={"deputies": before},
        after={"deputies": after},
    )
    audit.record(db.session(), [happening])
