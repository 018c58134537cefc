"""Opinions of citizens: taken down in their own words, and what became of them."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from app.extensions import db
from app.kit import audit, clock
from app.kit.authorisation import Actor, authorise
from app.kit.errors import DomainError
from app.kit.i18n import _l
from app.kit.numbering import claim_number, correct_number
from app.registry.choosing import choose_mandates
from app.registry.operations import check_version, office_of
from app.registry.queries import get_area
from app.stations.models import Opinion
from app.stations.operations.setting import NOT_LATER_THAN_TODAY, assign_values
from app.stations.policy import EDIT_OPINIONS, SEE_CITIZENS
from app.stations.queries import get_visible_reception, get_visible_station
from app.stations.queries.opinions import has_steps
from app.stations.rules import standing_from_columns
from app.stations.states import OpinionState

CITIZEN = ("citizen_name", "citizen_phone", "citizen_address")
LIFE = ("route", "solved", "closed_on")


class Citizen(NamedTuple):
    """Who brought an opinion."""

    name: str
    phone: str
    address: str


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

    ``details``: channel, citizen_name, citizen_phone, citizen_address, anonymous, topic, mandate_id; and from a
    paper register route, solved, closed_on, outcome, from which state and end follow.
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
    _check_taker(actor, opinion, day, details)
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
    """Corrects an opinion; of one from a paper register also where it went and how it ended (代表法 art. 31).

    Once its life has begun here, that is changed by its steps alone. An empty name, phone or address keeps
    what is on record: the form does not show it. ``anonymous`` erases all three.
    """
    authorise(actor, EDIT_OPINIONS, opinion.area_code)
    check_version(opinion, version)
    place = _place(actor, opinion.reception_id, station_id, area_code)
    authorise(actor, EDIT_OPINIONS, place["area_code"])
    for kept in CITIZEN:
        details[kept] = details.get(kept) or getattr(opinion, kept)
    _check_life(opinion, details)
    _check_taker(actor, opinion, received_on or opinion.received_on, details)
    _fill_opinion(opinion, content, received_on or opinion.received_on, {**place, **details})
    opinion.number = correct_number(opinion, number)
    db.session.flush()
    return opinion


def _check_taker(actor: Actor, opinion: Opinion, on: date, details: dict[str, Any]) -> None:
    """The deputy who heard it is in office on the day and in the actor's roster, or on the record already."""
    if details.get("mandate_id"):
        kept = [opinion.mandate_id] if opinion.mandate_id else []
        choose_mandates(actor, [details["mandate_id"]], on=on, kept=kept, field="mandate_id")


def _check_life(opinion: Opinion, details: dict[str, Any]) -> None:
    """Columns that say where it went are the register's only until the first step is written down."""
    changed = [key for key in LIFE if key in details and details[key] != getattr(opinion, key)]
    if changed and (has_steps(opinion.id) or opinion.state is OpinionState.MERGED):
        raise DomainError(_l("这条意见已经按步骤办理，请用页面上的办理按钮改变办理情况。"), changed[0])


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
    closed_on = values.get("closed_on", opinion.closed_on)
    if received_on > clock.today():
        raise DomainError(NOT_LATER_THAN_TODAY, "received_on")
    if closed_on is not None and closed_on > clock.today():
        raise DomainError(NOT_LATER_THAN_TODAY, "closed_on")
    if closed_on is not None and closed_on < received_on:
        raise DomainError(_l("办结日期早于反映日期，请核对。"), "closed_on")
    if values.get("anonymous"):
        values |= dict.fromkeys(CITIZEN, "")
    values |= {"content": content, "received_on": received_on}
    moved = any(values.get(key, getattr(opinion, key)) != getattr(opinion, key) for key in LIFE)
    if opinion.id is None or moved:
        standing = standing_from_columns(
            values.get("route", opinion.route), bool(values.get("solved", opinion.solved)), closed_on
        )
        values |= {"state": standing.state, "ended_as": standing.ended_as}
    assign_values(opinion, values)


def reveal_citizen(actor: Actor, opinion: Opinion) -> Citizen:
    """Name, phone and address of who brought the opinion, in full; the trail says who looked."""
    authorise(actor, SEE_CITIZENS, opinion.area_code)
    happening = audit.Happening(
        tag=f"{audit.acting().source}:opinion:reveal",
        area_code=opinion.area_code,
        subject_kind="opinion",
        subject_id=opinion.id,
        subject_label=opinion.number,
    )
    audit.record(db.session(), [happening])
    return Citizen(opinion.citizen_name, opinion.citizen_phone, opinion.citizen_address)
