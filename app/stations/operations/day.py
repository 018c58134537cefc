"""A reception on its day: deputies check in, visitors are counted, and it becomes a record (3-06)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, time

from sqlalchemy import update

from app.extensions import db
from app.kit import audit, clock
from app.kit.authorisation import Actor, authorise
from app.kit.errors import Conflict, DomainError, NotFound
from app.kit.i18n import _l
from app.kit.numbering import claim_number
from app.ledger.operations.posting import post
from app.registry.choosing import choose_mandates
from app.registry.models import Mandate
from app.registry.operations import check_version
from app.registry.queries import MISSING
from app.stations.models import Reception, ReceptionDeputy, Visitor
from app.stations.operations.receptions import names_on_duty, record_deputies
from app.stations.operations.roster import tell_changed, what_of
from app.stations.policy import EDIT_STATIONS, RECEIVE_PUBLIC, SEE_CITIZENS
from app.stations.postings import SOURCE
from app.stations.queries import ON_DUTY, get_visible_station
from app.stations.states import (
    RECEPTION_TRANSITIONS,
    DutyStanding,
    ReceptionAction,
    ReceptionKind,
    ReceptionState,
)

TOLD = (DutyStanding.PRESENT, DutyStanding.LEAVE, DutyStanding.ABSENT)


def plan_reception(
    actor: Actor,
    *,
    station_id: int,
    held_on: date,
    mandate_ids: Sequence[int],
    starts_at: time | None = None,
    ends_at: time | None = None,
    kind: ReceptionKind = ReceptionKind.PUBLIC,
    topic: str = "",
    host: str = "",
) -> Reception:
    """A reception to come outside the year's calendar, also officials receiving deputies (1-22)."""
    station = get_visible_station(actor, station_id, EDIT_STATIONS)
    authorise(actor, EDIT_STATIONS, station.area_code)
    if held_on < clock.today():
        raise DomainError(_l("日期已经过去。已开展的接待请用“登记接待”。"), "held_on")
    if starts_at is not None and ends_at is not None and ends_at <= starts_at:
        raise DomainError(_l("结束时间要晚于开始时间。"), "ends_at")
    if kind is ReceptionKind.OFFICIALS and not host:
        raise DomainError(_l("请填写由哪位负责人接待代表。"), "host")
    mandates = choose_mandates(actor, mandate_ids, on=held_on, field="mandate_ids")
    reception = Reception(
        office_code=station.office_code, area_code=station.area_code, station=station, kind=kind,
        state=ReceptionState.PLANNED, held_on=held_on, starts_at=starts_at, ends_at=ends_at, topic=topic,
        host=host,
        deputies=[
            ReceptionDeputy(mandate=mandate, standing=DutyStanding.ASSIGNED, fixed=True)
            for mandate in mandates
        ],
    )  # fmt: skip
    db.session.add(reception)
    db.session.flush()
    record_deputies(reception, "", names_on_duty(reception))
    return reception


def authorise_duty(actor: Actor, reception: Reception) -> None:
    """Staff of the area, or a deputy on duty at this very reception."""
    duties = {row.mandate.person_id for row in reception.deputies if row.standing in ON_DUTY}
    person_id = actor.person_id if actor.person_id in duties else None
    authorise(actor, RECEIVE_PUBLIC, reception.area_code, person_id)


def _begin(actor: Actor, reception: Reception) -> None:
    authorise_duty(actor, reception)
    _check_open(reception)


def _check_open(reception: Reception) -> None:
    if reception.state is not ReceptionState.PLANNED:
        raise Conflict(_l("这次接待的情况是“%(state)s”，不能现场登记。", state=reception.state.label))
    if reception.held_on > clock.today():
        raise DomainError(
            _l("只能在接待当天登记。这次接待的日期是 %(day)s。", day=reception.held_on.isoformat())
        )


def _row(reception: Reception, duty_id: int) -> ReceptionDeputy:
    found = next((row for row in reception.deputies if row.id == duty_id), None)
    if found is None or found.standing is DutyStanding.REPLACED:
        raise NotFound(MISSING)
    return found


def check_in(actor: Actor, reception: Reception, duty_id: int) -> None:
    """A deputy is there. Said twice it is once."""
    _begin(actor, reception)
    row = _row(reception, duty_id)
    if row.standing is not DutyStanding.PRESENT:
        row.standing, row.checked_in_at = DutyStanding.PRESENT, clock.now()
        db.session.flush()


def undo_check_in(actor: Actor, reception: Reception, duty_id: int) -> None:
    """Takes a check-in back."""
    _begin(actor, reception)
    row = _row(reception, duty_id)
    if row.standing is DutyStanding.PRESENT:
        row.standing, row.checked_in_at = DutyStanding.ASSIGNED, None
        db.session.flush()


def count_visitors(actor: Actor, reception: Reception, change: int) -> None:
    """One more, or one less, of whoever came. Two phones at once lose none: the database adds."""
    _begin(actor, reception)
    counted = Reception.people_received + (1 if change > 0 else -1)
    db.session.execute(
        update(Reception)
        .where(Reception.id == reception.id, counted >= 0, counted <= 1_000_000)
        .values(people_received=counted, updated_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    db.session.expire(reception, ["people_received"])


def add_visitor(actor: Actor, reception: Reception, *, name: str, phone: str, matter: str) -> Visitor:
    """Somebody received, taken down by name; they count as one."""
    _begin(actor, reception)
    if not (name or matter):
        raise DomainError(_l("请填写来访人姓名或来访事由；只计人数的，点“加一人”。"), "name")
    visitor = Visitor(reception_id=reception.id, name=name, phone=phone, matter=matter)
    db.session.add(visitor)
    db.session.flush()
    count_visitors(actor, reception, 1)
    return visitor


def remove_visitor(actor: Actor, reception: Reception, visitor_id: int) -> None:
    """Takes back somebody taken down by mistake."""
    _begin(actor, reception)
    visitor = db.session.get(Visitor, visitor_id)
    if visitor is None or visitor.reception_id != reception.id:
        raise NotFound(MISSING)
    db.session.delete(visitor)
    db.session.flush()
    count_visitors(actor, reception, -1)


def reveal_visitors(actor: Actor, reception: Reception) -> None:
    """Names and phones of who came may be shown in full; the trail says who looked."""
    authorise(actor, SEE_CITIZENS, reception.area_code)
    happening = audit.Happening(
        tag=f"{audit.acting().source}:reception:reveal",
        area_code=reception.area_code,
        subject_kind="reception",
        subject_id=reception.id,
        subject_label=reception.audit_label,
    )
    audit.record(db.session(), [happening])


def hold_reception(
    actor: Actor,
    reception: Reception,
    *,
    version: int | None,
    people_received: int,
    standings: Mapping[int, DutyStanding],
    note: str = "",
) -> Reception:
    """The plan has become a fact: it gets its number, and the ledger its rows (PLANNED → HELD).

    ``standings`` says for each duty row whether the deputy was there, on leave or absent; who is not named
    was there if checked in, else absent. Staff's to say: a deputy does not confirm their own fact.
    """
    authorise(actor, EDIT_STATIONS, reception.area_code)
    _check_open(reception)
    check_version(reception, version)
    if not 0 <= people_received <= 1_000_000:
        raise DomainError(_l("接待人次不对，请检查。"), "people_received")
    before = names_on_duty(reception)
    for row in reception.deputies:
        _settle(row, standings)
    if not any(row.standing is DutyStanding.PRESENT for row in reception.deputies):
        raise DomainError(_l("没有代表到站，不能登记为已开展。没有开展的，请取消这次接待并写明原因。"))
    prefix = f"JD{reception.held_on.year}"
    reception.number = claim_number(Reception, reception.office_code, "", prefix=prefix)
    _move(reception, ReceptionAction.HOLD)
    reception.people_received, reception.note = people_received, note
    db.session.flush()
    record_deputies(reception, before, names_on_duty(reception))
    post(SOURCE, [reception.id])
    return reception


def _settle(row: ReceptionDeputy, standings: Mapping[int, DutyStanding]) -> None:
    if row.standing is DutyStanding.REPLACED:
        return
    said = standings.get(row.id)
    if said in TOLD:
        row.standing = said
    elif row.standing is DutyStanding.ASSIGNED:
        row.standing = DutyStanding.ABSENT
    if row.standing is not DutyStanding.PRESENT:
        row.checked_in_at = None


def cancel_reception(actor: Actor, reception: Reception, *, version: int | None, reason: str) -> Reception:
    """A planned reception does not take place; the reason is kept."""
    authorise(actor, EDIT_STATIONS, reception.area_code)
    check_version(reception, version)
    if not reason:
        raise DomainError(_l("请写明取消的原因。"), "cancel_reason")
    if reception.held_on >= clock.today():
        title = _l("%(day)s在%(station)s的接待已取消", **what_of(reception))
        tell_changed(reception, _coming(reception), title, reason)
    _move(reception, ReceptionAction.CANCEL)
    reception.cancel_reason = reason
    db.session.flush()
    return reception


def restore_reception(actor: Actor, reception: Reception, *, version: int | None = None) -> Reception:
    """A cancelled reception is planned again."""
    authorise(actor, EDIT_STATIONS, reception.area_code)
    check_version(reception, version)
    _move(reception, ReceptionAction.RESTORE)
    reception.cancel_reason = ""
    db.session.flush()
    if reception.held_on >= clock.today():
        title = _l("%(day)s在%(station)s的接待照常进行", **what_of(reception))
        tell_changed(reception, _coming(reception), title)
    return reception


def _coming(reception: Reception) -> list[Mandate]:
    return [row.mandate for row in reception.deputies if row.standing in ON_DUTY]


def _move(reception: Reception, action: ReceptionAction) -> None:
    after = RECEPTION_TRANSITIONS.after(reception.state, action)
    if after is None:
        raise Conflict(
            _l(
                "这次接待的情况是“%(state)s”，不能“%(action)s”。",
                state=reception.state.label,
                action=action.label,
            )
        )
    reception.state = after
