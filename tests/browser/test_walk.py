"""Every main page of every role in the demo county, in English at both sizes: whole, and in English."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from flask import Flask
from playwright.sync_api import Browser
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.accounts.passwords import hash_password
from app.activities.models import Activity, Attendance, DateOption, GroupPlan
from app.activities.states import ActivityState, AttendanceStatus
from app.duty_reports.models import DutyReport
from app.extensions import db
from app.groups.models import DeputyGroup, GroupPost
from app.groups.states import GroupRole
from app.kit import clock
from app.kit.audit import AuditEvent
from app.kit.database import set_reading
from app.ledger.models import DutyEntry
from app.registry.models import Mandate, Term
from app.registry.states import Level
from app.stations.models import (
    Opinion,
    OpinionTransfer,
    Reception,
    ReceptionCalendar,
    ReceptionDeputy,
    ReceptionRequest,
    Station,
)
from app.stations.states import CalendarState, OpinionState, ReceptionState
from app.suggestions.models import Evaluation, Publication, Suggestion, SuggestionUnit
from app.suggestions.states import HandlingState
from tests.browser.conftest import SIZES, Site, Visitor, screens, serve
from tests.world import PASSWORD, World

YEAR_END = date(clock.today().year - 1, 12, 31).isoformat()
PEOPLE = """/ /deputies /deputies/{mandate} /deputies/{mandate}/file /groups /groups/{group} /activities/
    /activities/{activity} /activities/{activity}/attendance /activities/{planned}/participants /activities/new
    /activities/leaves /stations /stations/{station} /receptions /receptions/{reception} /account /search?q=王"""
PAPERS = """/opinions /opinions/{opinion} /suggestions /suggestions/{suggestion} /suggestions/new /duty-reports
    /duty-reports/{report} /duty-reports/new /duty-reports/deputies/{mandate} /ledger/records /ledger/entries
    /ledger/entries/{entry} /ledger/review /coverage /coverage/deputies?on={end}&level=county&status=overdue
    /statistics /imports/ /imports/new /imports/templates /settings"""
CALENDARS = """/calendars /calendars/new /calendars/{calendar} /calendars/{draft} /calendars/{draft}/edit
    /receptions/{drafted}/roster /reception-requests /reception-requests/{request} /reception-wishes
    /receptions/missed /receptions/leaders /receptions/plan /stations/{station}/calendar /stations/kinds
    /stations/unassigned /partners"""
OPINIONS = """/opinions/loop /opinions/loop?by=deputy /opinions/{received} /opinions/{received}/steps/transfer
    /opinions/{received}/steps/close /opinions/{received}/steps/merge /transfers /transfers/{transfer}
    /notices /notices/log /notices/settings/999010"""
PLANS = """/activities/plans /activities/plans/missing /activities/plans/{plan} /activities/training
    /groups/links /groups/links/coverage /groups/links/unlinked /groups/care /groups/upper-deputies
    /groups/{group}/posts/new"""
SUGGESTIONS = """/suggestions/screening /suggestions/assigning /suggestions/stages /suggestions/classes
    /suggestions/classes/alike /suggestions/deadlines /suggestions/figures /suggestions/promises
    /suggestions/publication /suggestions/fund /suggestions/evaluations /suggestions/evaluations/{evaluation}
    /supervision /supervision/board"""
WALKS = (
    ("xianren", SUGGESTIONS),
    (
        "daibiao",
        "/suggestions/mine /suggestions/drafts/new /suggestions/feedback/waiting /suggestions/ballots",
    ),
    ("danwei", "/handling /handling/{own_part} /handling/{own_part}/reply /handling/months"),
    ("juzhang", "/ /handling"),
    ("zhengfuban", "/ /asks /suggestions/assigning"),
    ("lingdao", "/suggestions/overdue /supervision"),
    ("", "/public/suggestions?area=999010 /public/suggestions/{published}"),
    ("xianren", PEOPLE),
    ("xianren", PAPERS),
    ("xianren", "/groups/compositions /groups/compositions/new /groups/compositions/1"),
    ("xianren", CALENDARS),
    ("xianren", OPINIONS),
    ("xianren", PLANS),
    ("danwei", "/ /transfers /transfers/{own_transfer} /account"),
    ("daibiao", "/reception-duty /receptions/{own_day}/day /receptions/{own_day}/take /notices /opinions"),
    ("daibiao", "/activities/groups/{led} /activities/{polled}/dates /activities/{polled}/convene"),
    ("daibiao", "/reception-duty/{own_day}/request /reception-wishes/new /activities/plans/{led_plan}"),
    ("lingdao", "/calendars /calendars/{calendar} /opinions/loop /activities/plans /notices"),
    ("", "/s/{code} /s/{code}/opinion /s/follow"),
    ("xiangzhen", "/ /deputies /activities/new?held=1 /ledger/entries/new /receptions/new /coverage"),
    ("lingdao", "/ /coverage?on={end} /statistics /deputies/{mandate}/file /suggestions"),
    ("daibiao", "/ /ledger/mine /ledger/report /ledger/report/new?kind=voter_visit /activities/mine"),
    ("daibiao", "/activities/sign-in /suggestions /receptions /duty-reports /account"),
    ("shenji", "/ /audit /audit/{event}"),
    ("anquan", "/ /accounts /accounts/{user} /accounts/new /accounts/roster"),
    ("xitong", "/ /settings /settings/terms/{term} /settings/areas/new /settings/rules/999010/duty_reports"),
)


def _demo(app: Flask) -> World:
    done = app.test_cli_runner().invoke(args=["demo"])
    assert done.exit_code == 0, done.output
    with app.app_context():
        set_reading(False)
        # Everybody here reads English, and has the password the tests know.
        known = {"password_hash": hash_password(PASSWORD), "preferences": {"language": "en"}}
        db.session.execute(update(User).values(**known))
        db.session.commit()
        db.session.remove()
    return World()


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo county, served."""
    with serve(tmp_path_factory.mktemp("demo"), _demo) as running:
        yield running


@pytest.fixture(scope="module")
def records(county: Site) -> dict[str, object]:
    """A record of every kind, by its name in the addresses."""
    with county.session() as session:
        held = (
            select(Attendance.activity_id)
            .where(Attendance.status == AttendanceStatus.PRESENT)
            .group_by(Attendance.activity_id)
            .having(func.count() < 40)
            .limit(1)
        )
        serving = select(Mandate.id).where(Mandate.level == Level.COUNTY, Mandate.ended_on.is_(None)).limit(1)
        planned = select(Activity.id).where(Activity.state == ActivityState.PLANNED).limit(1)
        found = {
            "mandate": session.scalar(serving),
            "activity": session.scalar(held),
            "planned": session.scalar(planned),
            "event": session.scalar(select(func.max(AuditEvent.id))),
            "term": session.scalar(select(Term.id).where(Term.level == Level.COUNTY)),
            "end": YEAR_END,
        }
        for name, model in (
            ("group", DeputyGroup),
            ("station", Station),
            ("reception", Reception),
            ("opinion", Opinion),
            ("suggestion", Suggestion),
            ("report", DutyReport),
            ("entry", DutyEntry),
            ("user", User),
        ):
            found[name] = session.scalar(select(func.min(model.id)))
        return found | _of_the_year(session)


def _of_the_year(session: Session) -> dict[str, object]:
    """Calendars, opinions on their way, plans, and what is the deputy's and the unit's own."""
    deputy = session.scalars(select(User).where(User.login == "daibiao")).one()
    unit = session.scalars(select(User).where(User.login == "danwei")).one()
    draft = select(func.min(ReceptionCalendar.id)).where(ReceptionCalendar.state == CalendarState.DRAFT)
    duty = (
        select(Reception.id)
        .join(Reception.deputies)
        .join(ReceptionDeputy.mandate)
        .where(Mandate.person_id == deputy.person_id, Reception.state == ReceptionState.PLANNED)
        .order_by(Reception.held_on)
    )
    leads = GroupPost.person_id == deputy.person_id
    led = session.scalar(select(GroupPost.group_id).where(leads, GroupPost.role == GroupRole.LEADER).limit(1))
    polled = select(DateOption.activity_id).join(Activity).where(Activity.group_id == led)
    received = select(func.max(Opinion.id)).where(Opinion.state == OpinionState.RECEIVED)
    return {
        "calendar": session.scalar(select(func.min(ReceptionCalendar.id))),
        "draft": session.scalar(draft),
        "drafted": session.scalar(
            select(func.min(Reception.id)).where(Reception.state == ReceptionState.DRAFT)
        ),
        "request": session.scalar(select(func.min(ReceptionRequest.id))),
        "received": session.scalar(received),
        "transfer": session.scalar(select(func.min(OpinionTransfer.id))),
        "own_transfer": session.scalar(
            select(func.max(OpinionTransfer.id)).where(OpinionTransfer.unit_id == unit.unit_id)
        ),
        "own_day": session.scalar(duty.limit(1)),
        "led": led,
        "polled": session.scalar(polled.limit(1)),
        "plan": session.scalar(select(func.min(GroupPlan.id))),
        "led_plan": session.scalar(select(func.min(GroupPlan.id)).where(GroupPlan.group_id == led)),
        "evaluation": session.scalar(select(func.min(Evaluation.id))),
        "published": session.scalar(select(func.max(Publication.suggestion_id))),
        "own_part": session.scalar(
            select(func.max(SuggestionUnit.id)).where(
                SuggestionUnit.unit_id == unit.unit_id, SuggestionUnit.state == HandlingState.SIGNED
            )
        ),
        "code": session.scalar(select(Station.public_code).where(Station.public_code.is_not(None)).limit(1)),
    }


@pytest.fixture
def visit_county(chromium: Browser, county: Site) -> Iterator[Callable[..., Visitor]]:
    yield from screens(chromium, county)


@pytest.mark.parametrize(("login", "pages"), WALKS)
def test_every_page_is_whole_in_english(
    visit_county: Callable[..., Visitor], records: dict[str, object], login: str, pages: str
) -> None:
    visitor = visit_county("desktop", "en")
    if login:
        visitor.come_as(login)
    faults = []
    for path in pages.format(**records).split():
        try:
            # Twenty rows are as good as fifty.
            visitor.goto(f"{path}{'&' if '?' in path else '?'}size=20")
            visitor.check()
            width, height = SIZES["phone"]
            visitor.page.set_viewport_size({"width": width, "height": height})
            visitor.fits()
        except AssertionError as fault:
            faults.append(f"{path}: {fault}")
        visitor.complaints.clear()
        width, height = SIZES["desktop"]
        visitor.page.set_viewport_size({"width": width, "height": height})
    assert faults == []
