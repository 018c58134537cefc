"""Recording reports on duty. The addressee follows from the mandate; the ledger follows from the report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import joinedload

from app.duty_reports.models import DutyReport
from app.duty_reports.policy import EDIT_REPORTS
from app.duty_reports.postings import SOURCE
from app.duty_reports.queries import find_report, list_reporters
from app.duty_reports.rules import check_ballots, check_occasion
from app.duty_reports.states import Addressee, ReportMode, addressee_of
from app.extensions import db
from app.kit import clock
from app.kit.authorisation import Actor, authorise
from app.kit.errors import DomainError, NotFound
from app.kit.i18n import _l
from app.ledger.operations import post
from app.registry.models import Mandate
from app.registry.operations import check_version
from app.registry.queries import MISSING, get_visible_mandate, select_visible_mandates

REPORTED_ALREADY = _l("这一天已经登记过报告，请修改原有记录。")


@dataclass(frozen=True)
class Ballots:
    """One deputy's share of a meeting: who reported, and how those present voted."""

    mandate_id: int
    satisfied: int | None = None
    basically_satisfied: int | None = None
    dissatisfied: int | None = None


def record_duty_report(
    actor: Actor,
    *,
    mandate_id: int,
    reported_on: date,
    mode: ReportMode,
    mode_reason: str = "",
    meeting: str = "",
    voters_present: int | None = None,
    satisfied: int | None = None,
    basically_satisfied: int | None = None,
    dissatisfied: int | None = None,
    text: str = "",
    note: str = "",
) -> DutyReport:
    """A deputy reported on duty: one report per deputy and day, within the term and the mandate (2-03)."""
    mandate = get_visible_mandate(actor, mandate_id, EDIT_REPORTS)
    report = _new(mandate)
    values = {
        "reported_on": reported_on,
        "mode": mode,
        "mode_reason": mode_reason,
        "meeting": meeting,
        "voters_present": voters_present,
        "satisfied": satisfied,
        "basically_satisfied": basically_satisfied,
        "dissatisfied": dissatisfied,
        "text": text,
        "note": note,
    }
    _refuse_second(report, reported_on)
    _fill(report, values)
    db.session.add(report)
    db.session.flush()
    post(SOURCE, [report.id])
    return report


def record_meeting(
    actor: Actor,
    *,
    reported_on: date,
    mode: ReportMode,
    deputies: Sequence[Ballots],
    mode_reason: str = "",
    meeting: str = "",
    voters_present: int | None = None,
    note: str = "",
) -> list[DutyReport]:
    """Several deputies reported at one meeting. All are recorded, or none; a refusal names the deputy."""
    if not deputies:
        raise DomainError(_l("请选择本次报告履职情况的代表。"), "mandate_ids")
    ids = [row.mandate_id for row in deputies]
    wanted = select_visible_mandates(actor, EDIT_REPORTS).where(Mandate.id.in_(ids))
    with_names = wanted.options(joinedload(Mandate.person), joinedload(Mandate.term))
    mandates = {mandate.id: mandate for mandate in db.session.scalars(with_names)}
    reported = set(list_reporters(ids, reported_on))
    shared = {
        "reported_on": reported_on,
        "mode": mode,
        "mode_reason": mode_reason,
        "meeting": meeting,
        "voters_present": voters_present,
        "text": "",
        "note": note,
    }
    made = []
    for row in deputies:
        mandate = mandates.get(row.mandate_id)
        if mandate is None:
            raise NotFound(MISSING)
        report = _new(mandate)
        try:
            if mandate.id in reported:
                raise DomainError(REPORTED_ALREADY, "reported_on")
            _fill(report, {**shared, **_ballots(row)})
        except DomainError as error:
            sentence = _l("%(name)s：%(reason)s", name=mandate.person.name, reason=error)
            field = error.field if error.field in {"mode_reason", "voters_present"} else "mandate_ids"
            raise DomainError(sentence, field) from error
        reported.add(mandate.id)
        made.append(report)
    db.session.add_all(made)
    db.session.flush()
    post(SOURCE, [report.id for report in made])
    return made


def _ballots(row: Ballots) -> dict[str, int | None]:
    return {
        "satisfied": row.satisfied,
        "basically_satisfied": row.basically_satisfied,
        "dissatisfied": row.dissatisfied,
    }


def update_duty_report(actor: Actor, report: DutyReport, *, version: int | None, **values: Any) -> DutyReport:
    """Corrects a report; whose it is does not change. Conflict when somebody changed it meanwhile."""
    authorise(actor, EDIT_REPORTS, report.scope_code)
    check_version(report, version)
    _refuse_second(report, values["reported_on"])
    _fill(report, values)
    db.session.flush()
    post(SOURCE, [report.id])
    return report


def delete_duty_report(actor: Actor, report: DutyReport) -> None:
    """Takes back a report entered by mistake; the audit trail keeps what it said."""
    authorise(actor, EDIT_REPORTS, report.scope_code)
    report_id = report.id
    db.session.delete(report)
    db.session.flush()
    post(SOURCE, [report_id])


def _new(mandate: Mandate) -> DutyReport:
    return DutyReport(mandate=mandate, mandate_id=mandate.id, scope_code=mandate.scope_code)


def _refuse_second(report: DutyReport, on: date) -> None:
    other = find_report(report.mandate_id, on)
    if other is not None and other is not report:
        raise DomainError(REPORTED_ALREADY, "reported_on")


def _fill(report: DutyReport, values: dict[str, Any]) -> None:
    mandate = report.mandate
    _check_day(mandate, values["reported_on"])
    addressee = addressee_of(mandate.level)
    if values["mode"] is ReportMode.WRITTEN and addressee is Addressee.STANDING_COMMITTEE:
        if not values["mode_reason"]:
            raise DomainError(_l("间接选举的代表原则上口头报告，采用书面方式的请填写原因。"), "mode_reason")
    else:
        values = {**values, "mode_reason": ""}
    check_occasion(addressee, values["mode"], values["meeting"], values["voters_present"])
    counts = [values[key] for key in ("satisfied", "basically_satisfied", "dissatisfied")]
    check_ballots(addressee, values["voters_present"], counts)
    for key, value in {**values, "addressee": addressee, "scope_code": mandate.scope_code}.items():
        if getattr(report, key) != value:
            setattr(report, key, value)


def _check_day(mandate: Mandate, on: date) -> None:
    """The day lies in the term and in the mandate, and is over or today."""
    if on > clock.today():
        raise DomainError(_l("报告日期还没有到，报告之后再登记。"), "reported_on")
    since = max(filter(None, (mandate.term.started_on, mandate.began_on)))
    if on < since:
        raise DomainError(_l("报告日期早于任职日期（%(day)s），请核对。", day=since), "reported_on")
    ends = [day for day in (mandate.ended_on, mandate.term.ended_on) if day is not None]
    if ends and on >= min(ends):
        raise DomainError(_l("代表职务已于%(day)s终止，请核对报告日期。", day=min(ends)), "reported_on")
