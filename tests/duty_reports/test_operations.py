"""Recording, correcting and taking back reports on duty."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from app.duty_reports import operations
from app.duty_reports.models import DutyReport
from app.duty_reports.operations import Ballots
from app.duty_reports.queries import duty_standing, get_visible_report
from app.duty_reports.states import Addressee, Category, ReportMode, ReportStatus
from app.kit.errors import Conflict, DomainError, Forbidden, NotFound
from app.ledger.models import DutyRecord
from app.ledger.operations import reconcile
from app.ledger.states import DutyKind
from app.registry.models import Mandate
from tests.world import World

MEETING, WRITTEN = ReportMode.MEETING, ReportMode.WRITTEN


def record(world: World, card: str, login: str = "county", **values: Any) -> DutyReport:
    usual: dict[str, Any] = {"reported_on": date(2023, 11, 2), "mode": MEETING}
    return operations.record_duty_report(
        world.actor(login), mandate_id=world.mandates[card], **usual | values
    )


def test_a_report_goes_to_those_who_elected_and_into_the_ledger(session: Any, world: World) -> None:
    to_voters = record(world, "C001", voters_present=60, satisfied=58, dissatisfied=2)
    to_committee = record(world, "S001", satisfied=30)
    assert to_voters.addressee is Addressee.VOTERS
    assert to_committee.addressee is Addressee.STANDING_COMMITTEE
    rows = session.execute(select(DutyRecord.mandate_id, DutyRecord.kind, DutyRecord.happened_on)).all()
    assert sorted(rows) == sorted(
        (report.mandate_id, DutyKind.DUTY_REPORT, date(2023, 11, 2)) for report in (to_voters, to_committee)
    )
    assert reconcile() == []


@pytest.mark.parametrize(
    ("card", "values", "field"),
    [
        ("C001", {"reported_on": date(2099, 1, 1)}, "reported_on"),
        ("C001", {"reported_on": date(2021, 12, 27)}, "reported_on"),
        ("C001", {"voters_present": 5, "satisfied": 4, "dissatisfied": 2}, "satisfied"),
        ("S001", {"mode": WRITTEN}, "mode_reason"),
        ("S001", {"mode": WRITTEN, "mode_reason": "出国", "voters_present": 30}, "voters_present"),
        ("C001", {"mode": WRITTEN, "voters_present": 30}, "voters_present"),
        ("C001", {"mode": WRITTEN, "meeting": "选民代表会议"}, "meeting"),
    ],
)
def test_refusals(session: Any, world: World, card: str, values: dict[str, Any], field: str) -> None:
    with pytest.raises(DomainError) as refused:
        record(world, card, **values)
    assert refused.value.field == field
    session.rollback()
    assert session.scalar(select(DutyReport.id)) is None


def test_3_08_a_written_report_of_an_indirectly_elected_deputy_gives_its_reason(
    session: Any, world: World
) -> None:
    assert record(world, "S001", mode=WRITTEN, mode_reason="因公出国").mode_reason == "因公出国"
    # Deputies elected by voters may choose; a reason left over from another choice is dropped.
    assert record(world, "C001", mode=WRITTEN, mode_reason="因公出国").mode_reason == ""


def test_one_report_a_day(session: Any, world: World) -> None:
    record(world, "C001")
    with pytest.raises(DomainError, match="已经登记"):
        record(world, "C001", mode=WRITTEN)
    record(world, "C001", reported_on=date(2023, 11, 3))


def test_nothing_after_the_mandate_ended(session: Any, world: World) -> None:
    session.get_one(Mandate, world.mandates["C001"]).ended_on = date(2023, 6, 1)
    session.flush()
    record(world, "C001", reported_on=date(2023, 5, 31))
    with pytest.raises(DomainError, match="终止"):
        record(world, "C001", reported_on=date(2023, 6, 1))


def test_several_deputies_at_one_meeting(session: Any, world: World) -> None:
    made = operations.record_meeting(
        world.actor("township"),
        reported_on=date(2023, 12, 1),
        mode=MEETING,
        meeting="选民代表会议",
        voters_present=50,
        deputies=[Ballots(world.mandates["C001"], 49, 1, 0), Ballots(world.mandates["T002"], 50, 0, 0)],
    )
    assert [(report.meeting, report.satisfied) for report in made] == [
        ("选民代表会议", 49),
        ("选民代表会议", 50),
    ]
    assert reconcile() == []


def test_a_large_meeting_takes_no_more_statements_than_a_small_one(
    session: Any, world: World, queries: list[str]
) -> None:
    def statements(day: date, *cards: str) -> int:
        actor = world.actor("county")
        session.expire_all()
        queries.clear()
        deputies = [Ballots(world.mandates[card], 1) for card in cards]
        operations.record_meeting(actor, reported_on=day, mode=MEETING, deputies=deputies)
        # SQLite takes the new rows one by one.
        return len([sent for sent in queries if not sent.startswith("INSERT INTO duty_report")])

    few = statements(date(2023, 12, 1), "C001", "T002")
    assert statements(date(2023, 12, 2), "C001", "C002", "C003", "T001", "T002", "T003", "T004") == few


def test_a_deputy_reports_once_at_a_meeting(session: Any, world: World) -> None:
    record(world, "T002", reported_on=date(2023, 12, 1))
    for cards in (("C001", "C001"), ("C001", "T002")):
        with pytest.raises(DomainError, match="已经登记"):
            operations.record_meeting(
                world.actor("county"),
                reported_on=date(2023, 12, 1),
                mode=MEETING,
                deputies=[Ballots(world.mandates[card]) for card in cards],
            )
    with pytest.raises(NotFound):
        operations.record_meeting(
            world.actor("township"),
            reported_on=date(2023, 12, 1),
            mode=MEETING,
            deputies=[Ballots(world.mandates["C001"]), Ballots(world.mandates["C003"])],
        )


def test_a_refusal_at_a_meeting_names_the_deputy(session: Any, world: World) -> None:
    deputies = [Ballots(world.mandates["C001"], 10), Ballots(world.mandates["T002"], 51)]
    with pytest.raises(DomainError, match="龑小满"):
        operations.record_meeting(
            world.actor("county"),
            reported_on=date(2023, 12, 1),
            mode=MEETING,
            voters_present=50,
            deputies=deputies,
        )


def test_only_staff_of_the_area_record(session: Any, world: World) -> None:
    for login in ("other_township", "neighbour"):
        with pytest.raises(NotFound):
            record(world, "C001", login)
    for login in ("leader", "deputy", "auditor"):
        with pytest.raises((NotFound, Forbidden)):
            record(world, "C001", login)


def test_who_sees_a_report(session: Any, world: World) -> None:
    report = record(world, "C001")
    for login in ("county", "township", "leader", "deputy"):
        assert get_visible_report(world.actor(login), report.id) is report
    for login in ("other_township", "neighbour", "other_deputy"):
        with pytest.raises(NotFound):
            get_visible_report(world.actor(login), report.id)


def test_correcting_follows_into_the_ledger_and_refuses_a_stale_form(session: Any, world: World) -> None:
    report = record(world, "C001")
    values = {
        "mode": WRITTEN,
        "mode_reason": "",
        "meeting": "",
        "voters_present": None,
        "satisfied": None,
        "basically_satisfied": None,
        "dissatisfied": None,
        "text": "一年来……",
        "note": "",
    }
    actor = world.actor("county")
    operations.update_duty_report(actor, report, version=1, reported_on=date(2023, 11, 9), **values)
    assert session.scalar(select(DutyRecord.happened_on)) == date(2023, 11, 9)
    with pytest.raises(Conflict):
        operations.update_duty_report(actor, report, version=1, reported_on=date(2023, 11, 9), **values)
    assert reconcile() == []


def test_taking_back(session: Any, world: World) -> None:
    report = record(world, "C001")
    operations.delete_duty_report(world.actor("county"), report)
    assert session.scalar(select(DutyRecord.id)) is None
    assert reconcile() == []


def test_standing_of_one_deputy_with_its_reason(session: Any, world: World) -> None:
    mandate = session.get_one(Mandate, world.mandates["C001"])
    before = duty_standing(mandate, date(2023, 1, 1))
    assert (before.category, before.status) == (Category.RE_ELECTED, ReportStatus.OVERDUE)
    assert before.rules.area_code == "999001"
    record(world, "C001")
    assert duty_standing(mandate, date(2023, 11, 1)).status is ReportStatus.OVERDUE
    assert duty_standing(mandate, date(2023, 11, 2)).status is ReportStatus.REPORTED
