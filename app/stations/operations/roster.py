"""Changing by hand who receives on a day: the rules are checked, what breaks one must be confirmed (3-42)."""

from __future__ import annotations

from typing import Any

from app.extensions import db
from app.kit import clock
from app.kit.authorisation import Actor, authorise
from app.kit.errors import DomainError, NotFound
from app.kit.i18n import _l
from app.notices.operations import tell
from app.notices.states import NoticeKind
from app.notices.words import in_chinese
from app.registry.choosing import choose_mandates
from app.registry.models import Mandate
from app.registry.queries import MISSING
from app.stations.calendar.checking import Findings, adding, candidates, people_on, removing
from app.stations.models import Reception, ReceptionDeputy
from app.stations.operations.receptions import names_on_duty, record_deputies
from app.stations.policy import EDIT_CALENDARS
from app.stations.states import DutyStanding, ReceptionState


class NeedsConfirmation(DomainError):
    """The change can be made, but breaks a rule: whoever makes it must say that they know."""

    def __init__(self, warnings: list[str]) -> None:
        super().__init__("".join(warnings))
        self.warnings = warnings


def check_change(
    actor: Actor, reception: Reception, *, mandate_id: int, leaving: Reception | None, off: bool
) -> Findings:
    """What a change would break, without making it."""
    authorise(actor, EDIT_CALENDARS, reception.area_code)
    if off:
        return removing(reception, _row_of(reception, mandate_id).mandate)
    try:
        mandate = _chosen(actor, reception, mandate_id, leaving)
    except DomainError as error:
        return Findings([str(error)])
    return adding(reception, mandate, leaving=leaving)


def put_on(
    actor: Actor,
    reception: Reception,
    *,
    mandate_id: int,
    leaving: Reception | None = None,
    confirmed: bool = False,
) -> Reception:
    """Puts a deputy on a day, taking them from another one where ``leaving`` is given."""
    authorise(actor, EDIT_CALENDARS, reception.area_code)
    if leaving is not None:
        authorise(actor, EDIT_CALENDARS, leaving.area_code)
    mandate = _chosen(actor, reception, mandate_id, leaving)
    _accept(adding(reception, mandate, leaving=leaving), confirmed)
    if leaving is not None:
        _take(leaving, _row_of(leaving, mandate.id))
    _put(reception, mandate)
    tell_changed(reception, [mandate], _l("您被安排在%(day)s到%(station)s接待群众", **what_of(reception)))
    return reception


def take_off(actor: Actor, reception: Reception, *, mandate_id: int, confirmed: bool = False) -> Reception:
    """Takes a deputy off a day."""
    authorise(actor, EDIT_CALENDARS, reception.area_code)
    row = _row_of(reception, mandate_id)
    mandate = row.mandate
    _accept(removing(reception, mandate), confirmed)
    _take(reception, row)
    tell_changed(reception, [mandate], _l("%(day)s在%(station)s的接待不再安排您", **what_of(reception)))
    return reception


def _chosen(actor: Actor, reception: Reception, mandate_id: int, leaving: Reception | None) -> Mandate:
    """The deputy meant: of the actor's roster, or belonging to this day or the one they leave."""
    known = {one.id for one in candidates(reception)}
    if leaving is not None:
        known |= {row.mandate_id for row in people_on(leaving)}
        if mandate_id not in known:
            raise NotFound(MISSING)
    (mandate,) = choose_mandates(
        actor, [mandate_id], on=reception.held_on, kept=known, ask_again=True, field="mandate_id"
    )
    return mandate


def _row_of(reception: Reception, mandate_id: int) -> ReceptionDeputy:
    row = next((row for row in people_on(reception) if row.mandate_id == mandate_id), None)
    if row is None:
        raise DomainError(_l("这名代表已经不在这一天的名单里，请刷新后再操作。"), "mandate_id")
    return row


def _accept(findings: Findings, confirmed: bool) -> None:
    if findings.refusals:
        raise DomainError("".join(findings.refusals), "mandate_id")
    if findings.warnings and not confirmed:
        raise NeedsConfirmation(findings.warnings)


def _put(reception: Reception, mandate: Mandate) -> None:
    before = names_on_duty(reception)
    # Somebody replaced earlier comes back to the row that kept the trace.
    row = next((row for row in reception.deputies if row.mandate_id == mandate.id), None)
    if row is None:
        row = ReceptionDeputy(mandate=mandate)
        reception.deputies.append(row)
    row.standing, row.fixed = DutyStanding.ASSIGNED, True
    _changed(reception, before)


def _take(reception: Reception, row: ReceptionDeputy) -> None:
    before = names_on_duty(reception)
    reception.deputies.remove(row)
    _changed(reception, before)


def replace_row(
    reception: Reception, row: ReceptionDeputy, standing: DutyStanding, by: Mandate | None
) -> None:
    """Somebody does not come (on leave, or replaced: the row stays as a trace), somebody else may instead."""
    before = names_on_duty(reception)
    row.standing, row.fixed = standing, True
    _changed(reception, before)
    if by is not None:
        _put(reception, by)


def _changed(reception: Reception, before: str) -> None:
    # The people alone changing is a change of the day too: its version moves on.
    reception.updated_at = clock.now()
    db.session.flush()
    record_deputies(reception, before, names_on_duty(reception))


def what_of(reception: Reception) -> dict[str, str]:
    """Day and station, for a sentence."""
    return {"day": str(reception.held_on), "station": reception.station.name}


def tell_changed(reception: Reception, mandates: list[Mandate], title: Any, more: str = "") -> None:
    """Whose published date changed is told; a draft is nobody's business yet."""
    if reception.state is not ReceptionState.PLANNED:
        return
    tell(
        key=f"reception:{reception.id}:changed:{clock.now():%Y%m%d%H%M%S%f}",
        kind=NoticeKind.RECEPTION_CHANGED,
        area_code=reception.area_code,
        person_ids=[mandate.person_id for mandate in mandates],
        title=title,
        body=in_chinese(_l("时间：%(day)s %(hour)s。地点：%(place)s。",
               day=reception.held_on, hour=hours_of(reception),
               place=reception.station.address or reception.station.name)) + more,
        url="/reception-duty",
    )  # fmt: skip


def hours_of(reception: Reception) -> str:
    """From when to when, as people write it."""
    times = [at.strftime("%H:%M") for at in (reception.starts_at, reception.ends_at) if at is not None]
    return "—".join(times)
