"""Opinions of citizens: taken down in their own words, and what became of them."""

from __future__ import annotations

from datetime import date
from typing import Any

from app.extensions import db
from app.kit import audit, clock
from app.kit.authorisation import Actor, authorise
from app.kit.errors import DomainError
from app.kit.i18n import _l
from app.kit.numbering import claim_number, correct_number
from app.registry.operations import check_version, office_of
from app.registry.queries import get_area
from app.stations.models import Opinion
from app.stations.operations.setting import NOT_LATER_THAN_TODAY, assign_values
from app.stations.policy import EDIT_OPINIONS, SEE_CITIZENS
from app.stations.queries import get_visible_reception, get_visible_station


def create_opinion(
    actor: Actor,
    *,
    content: str,
    reception_id: int | None = None,
    station_id: int | None = None,
    area_code: str = "",
    received_on: date | None = None,
    number: str = "",
    **details: Any,
) -> Opinion:
    """What a citizen said, from a reception or directly (0-15). Place and day follow from the reception.

    ``details``: channel, citizen_name, citizen_phone, anonymous, topic, route, solved, closed_on, outcome.
    """
    place = _place(actor, reception_id, station_id, area_code)
    authorise(actor, EDIT_OPINIONS, place["area_code"])
    day = received_on or (place["reception"].held_on if place["reception"] else None)
    if day is None:
        raise DomainError(_l("请填写反映日期。"), "received_on")
    office = office_of(place["area_code"])
    opinion = Opinion(
        office_code=office, number=claim_number(Opinion, office, number, prefix=f"YJ{day.year}")
    )
    _fill_opinion(opinion, content, day, {**place, **details})
    db.session.add(opinion)
    db.session.flush()
    return opinion


def update_opinion(
    actor: Actor,
    opinion: Opinion,
    *,
    version: int | None,
    content: str,
    station_id: int | None,
    area_code: str,
    received_on: date | None,
    number: str = "",
    **details: Any,
) -> Opinion:
    """Corrects an opinion, or records where it went and how it ended; only staff close one (代表法 art. 31).

    An empty name or phone keeps what is on record: the form does not show it. ``anonymous`` erases both.
    """
    authorise(actor, EDIT_OPINIONS, opinion.area_code)
    check_version(opinion, version)
    place = _place(actor, opinion.reception_id, station_id, area_code)
    authorise(actor, EDIT_OPINIONS, place["area_code"])
    for kept in ("citizen_name", "citizen_phone"):
        details[kept] = details.get(kept) or getattr(opinion, kept)
    _fill_opinion(opinion, content, received_on or opinion.received_on, {**place, **details})
    opinion.number = correct_number(opinion, number)
    db.session.flush()
    return opinion


def _place(actor: Actor, reception_id: int | None, station_id: int | None, area_code: str) -> dict[str, Any]:
    """Where an opinion was taken: at a reception, at a station, or somewhere in an area."""
    if reception_id is not None:
        reception = get_visible_reception(actor, reception_id, EDIT_OPINIONS)
        return {"reception": reception, "station": reception.station, "area_code": reception.area_code}
    if station_id is not None:
        station = get_visible_station(actor, station_id, EDIT_OPINIONS)
        return {"reception": None, "station": station, "area_code": station.area_code}
    if not area_code:
        raise DomainError(_l("请选择地区，或选择联络站。"), "area_code")
    get_area(area_code)
    return {"reception": None, "station": None, "area_code": area_code}


def _fill_opinion(opinion: Opinion, content: str, received_on: date, values: dict[str, Any]) -> None:
    closed_on = values.get("closed_on")
    if received_on > clock.today():
        raise DomainError(NOT_LATER_THAN_TODAY, "received_on")
    if closed_on is not None and closed_on > clock.today():
        raise DomainError(NOT_LATER_THAN_TODAY, "closed_on")
    if closed_on is not None and closed_on < received_on:
        raise DomainError(_l("办结日期早于反映日期，请核对。"), "closed_on")
    if values.get("anonymous"):
        values |= {"citizen_name": "", "citizen_phone": ""}
    assign_values(opinion, {**values, "content": content, "received_on": received_on})


def reveal_citizen(actor: Actor, opinion: Opinion) -> tuple[str, str]:
    """Name and phone of who brought the opinion, in full; the trail says who looked."""
    authorise(actor, SEE_CITIZENS, opinion.area_code)
    happening = audit.Happening(
        tag=f"{audit.acting().source}:opinion:reveal",
        area_code=opinion.area_code,
        subject_kind="opinion",
        subject_id=opinion.id,
        subject_label=opinion.number,
    )
    audit.record(db.session(), [happening])
    return opinion.citizen_name, opinion.citizen_phone
