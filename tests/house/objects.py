"""One object of each kind in each scope, so that every address with a number in it can be tried on all of them."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

import openpyxl
from PIL import Image
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from app.accounts.models import LoginSession, User
from app.accounts.operations import roster
from app.activities.models import Activity, Attendance, DateOption, GroupPlan
from app.activities.states import ActivityKind, ActivityState, AttendanceStatus, LeaveState, PlanScope
from app.duty_reports.models import DutyReport
from app.duty_reports.states import ReportMode, addressee_of
from app.exchange.files import workbook_path
from app.exchange.models import ImportBatch
from app.exchange.states import BatchState
from app.extensions import db
from app.groups.composing.wishes import Wishes
from app.groups.models import (
    CareNote,
    DeputyGroup,
    DeputyLink,
    GroupComposition,
    GroupMembership,
    GroupPost,
)
from app.groups.states import GroupRole
from app.kit import attachments, clock, jobs
from app.kit.audit import AuditEvent, acting_as
from app.kit.authorisation import operator
from app.kit.workdays import DayKind, SpecialDay
from app.ledger.models import DutyEntry, DutyRecord
from app.ledger.operations import reconcile
from app.ledger.states import DutyKind, DutyState, EntryOrigin
from app.notices.models import Notice
from app.notices.states import NoticeKind
from app.registry.models import HandlingUnit, Mandate, Post, Suspension
from app.registry.states import Level, PostKind, SuspensionReason
from app.stations.calendar.settings import CalendarRules
from app.stations.models import (
    CalendarFeed,
    Opinion,
    OpinionTransfer,
    Partner,
    Reception,
    ReceptionCalendar,
    ReceptionDeputy,
    ReceptionRequest,
    ReceptionWish,
    Station,
    StationAssignment,
    StationPost,
    Visitor,
)
from app.stations.states import (
    DutyStanding,
    OpinionRoute,
    OpinionState,
    PartnerKind,
    ReceptionState,
    RequestKind,
    RequestState,
    StationRole,
    WishKind,
)
from app.suggestions.evaluation.scheme import shipped
from app.suggestions.models import (
    Evaluation,
    MonthItem,
    Suggestion,
    SuggestionClock,
    SuggestionReply,
    SuggestionUnit,
    UnitAsk,
    Urge,
)
from app.suggestions.states import (
    AskKind,
    ClockKind,
    HandlingState,
    Occasion,
    ReplyClass,
    ReplyState,
    SuggestionState,
    UnitPart,
)
from tests.house.after_reply_objects import after_reply_crowd, keep_after_reply
from tests.house.drafting_objects import keep_drafts
from tests.house.publicity_objects import keep_publicity, publicity_crowd
from tests.house.screening_objects import keep_screening, screening_crowd
from tests.house.supervision_objects import keep_supervision, supervision_crowd
from tests.world import BEGAN, COUNTY, LINJIANG, NEIGHBOUR, QINGSHAN, UNITS, World

AWAY = "999002101"
# Where an object is kept, and the deputy it is about: the deputy's own, a colleague's in the same township,
# another township's, the county's, another county's.
PLACES = {
    "mine": (LINJIANG, "C001"),
    "here": (LINJIANG, "C002"),
    "there": (QINGSHAN, "C003"),
    "county": (COUNTY, "S001"),
    "away": (AWAY, "N001"),
}
STAFF = ("county", "township", "other_township", "neighbour")
COUNTS = dict.fromkeys(("rows", "created", "updated", "unchanged", "wrong", "asked"), 0)
LEFT_OUT = {"hidden": False, "skipped": False, "missing": [], "unknown": [], "columns": []}
SHEET: dict[str, Any] = {
    "key": "0.0",
    "file": "名册.xlsx",
    "sheet": "名册",
    "kind": "roster",
    "nearest": "roster",
    **COUNTS,
    **LEFT_OUT,
}


@dataclass(frozen=True)
class Thing:
    """An object: what its address is made of, the area it is kept in, the people it is about.

    ``seen_from``: areas in which it may be looked at although it is kept elsewhere.
    """

    label: str
    args: dict[str, Any]
    area: str | None = None
    persons: frozenset[int] = frozenset()
    users: frozenset[str] = frozenset()
    seen_from: tuple[str, ...] = ()


# Parts of an address that name no object.
FIXED = {
    "rater": "deputy",
    "change": "tick",
    "decision": "approve",
    "format": "docx",
    "topic": "duty_reports",
    "step": "close",
    "paper": "board",
}


def nowhere(thing: Thing) -> dict[str, Any]:
    """The same address with numbers nothing has."""
    return {
        key: value if key in FIXED else 99_999_999 if isinstance(value, int) else "999888777"
        for key, value in thing.args.items()
    }


class Maker:
    """Makes the objects in the current session."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.things: dict[str, list[Thing]] = {}
        self.mandates = {
            card: db.session.get_one(Mandate, identity) for card, identity in world.mandates.items()
        }

    def add(self, kind: str, thing: Thing) -> None:
        self.things.setdefault(kind, []).append(thing)

    def keep(self, kind: str, place: str, **args: Any) -> None:
        """An object of this kind at a place, about the deputy of that place."""
        area, card = PLACES[place]
        person = self.mandates[card].person_id
        self.add(kind, Thing(place, {**FIXED, **args}, area, frozenset({person})))

    def add_seen(self, kind: str, place: str, area: str, seen_from: tuple[str, ...], **args: Any) -> None:
        """An object of this kind that is kept here, and may be looked at from there."""
        self.add(kind, Thing(place, args, area, seen_from=seen_from))

    def make(self) -> dict[str, list[Thing]]:
        """Everything."""
        with acting_as(operator("tests")):
            for place, (area, card) in PLACES.items():
                self._registry(place, area, self.mandates[card])
                self._groups_and_stations(place, area, self.mandates[card])
                self._calendar(place, area, self.mandates[card])
                self._activity(place, area, self.mandates[card])
                self._plan(place, area, self.mandates[card])
                self._facts(place, area, self.mandates[card])
                keep_publicity(self, place, area, self.mandates[card])
                keep_supervision(self, place, area, self.mandates[card])
                keep_drafts(self, place, area, self.mandates[card])
                keep_after_reply(self, place, area, self.mandates[card])
                keep_screening(self, place, area, self.mandates[card])
                self._deadline(place, area, self.mandates[card])
                self._in_hands(place, area, self.mandates[card])
                self._evaluation(place, area, self.mandates[card])
                self._notice(place, area, self.mandates[card])
            self._county_group()
            self._accounts()
            self._special_day()
            self.add("list", Thing("list", {"name": "mandates"}))
            self.add("template", Thing("template", {"kind": "roster"}))
            self.add("static", Thing("static", {"filename": "css/app.css"}))
            db.session.flush()
            reconcile(fix=True)
            self._records()
            self._events()
        return self.things

    # --- floors 1 to 4 --------------------------------------------------------------------------------

    def _registry(self, place: str, area: str, mandate: Mandate) -> None:
        later = clock.today() + timedelta(days=900)
        suspension = Suspension(mandate=mandate, reason=SuspensionReason.DETAINED, began_on=later)
        self._save(suspension)
        self._save(Post(area_code=area, person=mandate.person, kind=PostKind.CLERK, began_on=BEGAN))
        self.keep("mandate", place, mandate_id=mandate.id)
        self.keep("person", place, person_id=mandate.person_id)
        self.keep("suspension", place, suspension_id=suspension.id)
        self.keep("area", place, code=area, area_code=area)
        self.add("chosen_area", Thing(place, {"form:area": area}, area))
        self.add("asked_area", Thing(place, {"query:area": area}, area))
        if area != AWAY:
            term = {LINJIANG: "临江镇第十九届", QINGSHAN: "青山乡第十九届", COUNTY: "岳湖县第十八届"}[area]
            self.add("term", Thing(place, {"term_id": self.world.terms[term]}, area))
        else:
            self.add("term", Thing(place, {"term_id": self.world.terms["邻水县第十八届"]}, NEIGHBOUR))

    def _special_day(self) -> None:
        day = SpecialDay(day=date(2025, 3, 6), kind=DayKind.HOLIDAY, name="县庆")
        self._save(day)
        self.add("special_day", Thing("day", {"day_id": day.id}))

    def _notice(self, place: str, area: str, mandate: Mandate) -> None:
        kind = NoticeKind.RECEPTION_REMINDER
        notice = Notice(key=f"n-{place}", kind=kind, area_code=area, person=mandate.person, title="明天接待")
        self._save(notice)
        self.keep("notice", place, notice_id=notice.id)

    def _groups_and_stations(self, place: str, area: str, mandate: Mandate) -> None:
        group = DeputyGroup(area_code=area, name=f"小组-{place}")
        member = GroupMembership(group=group, mandate=mandate, joined_on=BEGAN)
        post = GroupPost(group=group, person=mandate.person, role=GroupRole.LEADER, began_on=BEGAN)
        station = Station(office_code=area[:6], area_code=area, name=f"联络站-{place}")
        assigned = StationAssignment(station=station, mandate=mandate, began_on=BEGAN)
        reception = Reception(
            office_code=area[:6],
            area_code=area,
            number=f"J-{place}",
            station=station,
            held_on=date(2025, 3, 5),
            people_received=3,
            deputies=[ReceptionDeputy(mandate=mandate)],
        )
        opinion = Opinion(
            office_code=area[:6],
            area_code=area,
            number=f"Y-{place}",
            reception=reception,
            station=station,
            received_on=date(2025, 3, 5),
            citizen_name="赵群众",
            citizen_phone="13511112222",
            content="路灯不亮",
            topic="照明",
        )
        self._save(group, member, post, station, assigned, reception, opinion)
        self.keep("group", place, group_id=group.id, post_id=post.id)
        composition = _composition(area, f"编组-{place}")
        self._save(composition)
        self.keep("composition", place, composition_id=composition.id)
        self.keep("station", place, station_id=station.id)
        self.keep("reception", place, reception_id=reception.id)
        self._station_day(place, area, mandate, station)
        self.keep("opinion", place, opinion_id=opinion.id)
        self._transfer(place, area)

    def _transfer(self, place: str, area: str) -> None:
        """Slips: one to the unit whose account is tried, the others to another one."""
        own = place == "here"
        unit = db.session.get_one(HandlingUnit, self.world.units[UNITS[0 if own else 1]])
        opinion = Opinion(
            office_code=area[:6],
            area_code=area,
            number=f"YT-{place}",
            received_on=date(2025, 3, 5),
            content="沟渠堵塞",
            state=OpinionState.TRANSFERRED,
            route=OpinionRoute.TRANSFER,
        )
        slip = OpinionTransfer(
            office_code=area[:6],
            area_code=area,
            number=f"JB-{place}",
            opinion=opinion,
            unit=unit,
            sent_on=date(2025, 3, 6),
            due_on=date(2025, 4, 6),
        )
        self._save(opinion, slip)
        users = frozenset({"unit", "unit_head"}) if own else frozenset()
        self.add("transfer", Thing(place, {**FIXED, "transfer_id": slip.id}, area, users=users))

    def _county_group(self) -> None:
        """The world's group: kept by the county, with members of one township, which sees it too."""
        group = db.session.get_one(DeputyGroup, self.world.groups["第1代表小组"])
        post = GroupPost(group=group, holder_name="周志愿", role=GroupRole.LIAISON_OFFICER, began_on=BEGAN)
        self._save(post)
        members = frozenset(self.mandates[card].person_id for card in ("C001", "C002", "T002"))
        args = {"group_id": group.id, "post_id": post.id}
        self.add("group", Thing("county's", args, COUNTY, members, seen_from=(LINJIANG,)))
        # None of its members leads it.
        self.add("led_group", Thing("county's", args, COUNTY))

    def _calendar(self, place: str, area: str, mandate: Mandate) -> None:
        """A year's calendar with a drafted day, a published day with requests about it, a wish, a feed."""
        station = Station(office_code=area[:6], area_code=area, name=f"日历站-{place}")
        kept = {"office_code": area[:6], "area_code": area, "station": station}
        year = clock.today().year + 1
        rules = CalendarRules(station_ids=(1,), from_on=date(year, 1, 1)).model_dump(mode="json")
        calendar = ReceptionCalendar(
            office_code=area[:6], area_code=area, year=year, name=f"日历-{place}", rules=rules, notes=[]
        )
        self._save(station, calendar)
        calendar.rules = {**rules, "station_ids": [station.id]}
        drafted = Reception(**kept, calendar=calendar, state=ReceptionState.DRAFT, held_on=date(year, 5, 15))
        planned = Reception(
            **kept,
            state=ReceptionState.PLANNED,
            held_on=date(year, 6, 15),
            deputies=[ReceptionDeputy(mandate=mandate, standing=DutyStanding.ASSIGNED)],
        )
        other = self.mandates["T002"]
        ask = {"area_code": area, "reception": planned, "kind": RequestKind.SUBSTITUTE}
        request = ReceptionRequest(**ask, mandate=mandate, colleague=other, state=RequestState.AGREED)
        asked = ReceptionRequest(**ask, mandate=other, colleague=mandate, state=RequestState.ASKED)
        wish = ReceptionWish(
            mandate=mandate, kind=WishKind.ABSENT, from_on=date(year, 7, 1), until_on=date(year, 7, 9)
        )
        feed = CalendarFeed(station=station, token=f"feed-{place}")
        self._save(drafted, planned, request, asked, wish, feed)
        self.keep("calendar", place, calendar_id=calendar.id)
        self.keep("planned_day", place, reception_id=planned.id)
        self.keep("request", place, request_id=request.id)
        self.keep("asked", place, request_id=asked.id)
        self.keep("wish", place, wish_id=wish.id)
        self.keep("feed", place, token=feed.token)

    # --- floors 5 and 6 -------------------------------------------------------------------------------

    def _station_day(self, place: str, area: str, mandate: Mandate, station: Station) -> None:
        """A reception of today with whom it takes, and what the station shows in public."""
        duty = ReceptionDeputy(mandate=mandate, standing=DutyStanding.ASSIGNED)
        visitor = Visitor(name="孙来访")
        planned = Reception(
            office_code=area[:6],
            area_code=area,
            station=station,
            state=ReceptionState.PLANNED,
            held_on=clock.today(),
            deputies=[duty],
            visitors=[visitor],
        )
        partner = Partner(
            area_code=area, mandate=mandate, name="周网格", kind=PartnerKind.GRID_WORKER, began_on=BEGAN
        )
        post = StationPost(station=station, holder_name="周站长", role=StationRole.HEAD, began_on=BEGAN)
        station.public_code = f"public{place}"
        self._save(planned, partner, post)
        on_the_day = {"reception_id": planned.id, "duty_id": duty.id, "visitor_id": visitor.id}
        self.keep("duty", place, **{**on_the_day, "change": "in"})
        self.keep("people", place, **{**on_the_day, "change": "more"})
        self.keep("partner", place, partner_id=partner.id)
        shown = {"station_id": station.id, "station_post_id": post.id, "change": "open"}
        self.keep("open_station", place, **shown)
        self.keep("public_page", place, code=station.public_code)

    def _activity(self, place: str, area: str, mandate: Mandate) -> None:
        today = clock.today()
        activity = Activity(
            office_code=area[:6],
            area_code=area,
            number=f"H-{place}",
            kind=ActivityKind.INSPECTION,
            title=f"活动-{place}",
            state=ActivityState.PLANNED,
            held_on=today,
            group=self._group_of(place),
            sign_in_token=f"token-{place}",
            sign_in_code=f"12345{len(self.things.get('activity', []))}",
        )
        attendance = Attendance(
            activity=activity,
            mandate=mandate,
            status=AttendanceStatus.INVITED,
            leave_state=LeaveState.REQUESTED,
            leave_reason="出差",
        )
        self._save(activity, attendance)
        held = Activity(
            office_code=area[:6],
            area_code=area,
            number=f"HH-{place}",
            kind=ActivityKind.STUDY,
            title=f"已办活动-{place}",
            state=ActivityState.HELD,
            held_on=date(2025, 5, 6),
            attendances=[Attendance(mandate=mandate, status=AttendanceStatus.PRESENT, spoke=True)],
        )
        self._save(held)
        file = self._file("activity", activity.id, area)
        days = [
            DateOption(activity=activity, day=today + timedelta(days=n), starts_at=time(9)) for n in (5, 6)
        ]
        self._save(*days)
        args = {"attendance_id": attendance.id, "attachment_id": file.id, "option_id": days[0].id}
        self.keep("activity", place, activity_id=activity.id, **args)
        self.keep("sign_in", place, token=activity.sign_in_token)

    def _group_of(self, place: str) -> DeputyGroup:
        return db.session.scalars(select(DeputyGroup).filter_by(name=f"小组-{place}")).one()

    def _plan(self, place: str, area: str, mandate: Mandate) -> None:
        """A draft plan of the place's group, whose leader is the deputy of the place; a link, a note of care."""
        group = self._group_of(place)
        year = clock.today().year
        plan = GroupPlan(area_code=area, group=group, scope=PlanScope.YEAR, year=year)
        item = Activity(
            office_code=area[:6],
            area_code=area,
            number=f"HP-{place}",
            kind=ActivityKind.GROUP_ACTIVITY,
            title=f"计划活动-{place}",
            state=ActivityState.DRAFT,
            held_on=date(year, 12, 1),
            group=group,
            plan=plan,
        )
        upper = self.mandates["C001" if place == "county" else "S001"]
        link = DeputyLink(area_code=area, upper=upper, lower=mandate, began_on=BEGAN)
        note = CareNote(area_code=area, mandate=mandate, reason="住院", noted_on=date(2025, 1, 2))
        self._save(plan, item, link, note)
        self.keep("plan", place, plan_id=plan.id, activity_id=item.id)
        self.keep("led_group", place, group_id=group.id)
        self.keep("membership", place, membership_id=group.memberships[0].id)
        self.keep("link", place, link_id=link.id)
        self.keep("care_note", place, note_id=note.id)

    def _facts(self, place: str, area: str, mandate: Mandate) -> None:
        entry = DutyEntry(
            mandate=mandate,
            scope_code=mandate.scope_code,
            kind=DutyKind.VOTER_VISIT,
            happened_on=date(2025, 4, 7),
            origin=EntryOrigin.SELF,
            state=DutyState.PENDING,
            description="走访选民",
        )
        report = DutyReport(
            mandate=mandate,
            scope_code=mandate.scope_code,
            reported_on=date(2024, 11, 8),
            mode=ReportMode.MEETING,
            addressee=addressee_of(mandate.level),
            satisfied=10,
            basically_satisfied=1,
            dissatisfied=0,
        )
        unit = HandlingUnit(area_code=area, name=f"单位-{place}")
        suggestion = Suggestion(
            office_code=area[:6],
            area_code=area,
            number=f"S-{place}",
            title=f"建议-{place}",
            lead_mandate=mandate,
            raised_on=date(2025, 1, 9),
            occasion=Occasion.IN_SESSION,
            units=[SuggestionUnit(unit=unit, part=UnitPart.LEAD)],
        )
        self._save(entry, report, unit, suggestion)
        file = self._file("duty_entry", entry.id, entry.scope_code)
        self.keep("entry", place, entry_id=entry.id, attachment_id=file.id)
        self.keep("attachment", place, attachment_id=file.id)
        self.keep("report", place, report_id=report.id)
        self.keep("suggestion", place, suggestion_id=suggestion.id)
        shown = (area,) if len(area) == 6 else ()
        self.add("unit", Thing(place, {"unit_id": unit.id}, area, seen_from=shown))

    def _deadline(self, place: str, area: str, mandate: Mandate) -> None:
        """A running deadline and an urging letter: of the unit whose accounts are tried at one place."""
        own = place == "here"
        unit = db.session.get_one(HandlingUnit, self.world.units[UNITS[0 if own else 1]])
        part = SuggestionUnit(unit=unit, part=UnitPart.LEAD, state=HandlingState.SIGNED)
        suggestion = Suggestion(
            office_code=area[:6],
            area_code=area,
            number=f"SD-{place}",
            title=f"限期建议-{place}",
            lead_mandate=mandate,
            raised_on=date(2025, 1, 9),
            occasion=Occasion.IN_SESSION,
            state=SuggestionState.ASSIGNED,
            assigned_on=date(2025, 1, 20),
            due_on=date(2025, 4, 20),
            units=[part],
        )
        running = SuggestionClock(
            suggestion=suggestion,
            suggestion_unit=part,
            area_code=area,
            kind=ClockKind.REPLY,
            started_on=date(2025, 1, 20),
            due_on=date(2025, 4, 20),
        )
        urge = Urge(
            suggestion=suggestion,
            suggestion_unit=part,
            clock=running,
            unit=unit,
            office_code=area[:6],
            number=f"CB-{place}",
            on=date(2025, 5, 1),
        )
        self._save(suggestion, running, urge)
        users = frozenset({"unit", "unit_head"}) if own else frozenset()
        args = {**FIXED, "clock_id": running.id, "urge_id": urge.id}
        self.add("deadline", Thing(place, args, area, frozenset({mandate.person_id}), users))

    def _in_hands(self, place: str, area: str, mandate: Mandate) -> None:
        """What is on units' desks: of the unit whose accounts are tried at one place."""
        own = place == "here"
        unit = db.session.get_one(HandlingUnit, self.world.units[UNITS[0 if own else 1]])
        parts = []
        for n, (part, state) in enumerate(
            (
                (UnitPart.LEAD, HandlingState.SIGNED),
                (UnitPart.CO, HandlingState.SIGNED),
                (UnitPart.LEAD, HandlingState.ANSWERED),
            )
        ):
            held = SuggestionUnit(unit=unit, part=part, state=state, opinion="由我局配合", handler="经办人")
            suggestion = Suggestion(
                office_code=area[:6],
                area_code=area,
                number=f"SH{n}-{place}",
                title=f"交办建议{n}-{place}",
                lead_mandate=mandate,
                raised_on=date(2025, 1, 9),
                occasion=Occasion.IN_SESSION,
                state=SuggestionState.ASSIGNED,
                assigned_on=date(2025, 1, 20),
                due_on=date(2025, 4, 20),
                units=[held],
            )
            self._save(suggestion)
            parts.append(held)
        lead, helper, answered = parts
        item = MonthItem(suggestion_unit=lead, month=date(2025, 3, 1), work="现场查看", handler="经办人")
        ask = UnitAsk(
            suggestion_unit=lead,
            kind=AskKind.EXTENSION,
            asked_on=date(2025, 4, 1),
            reason="工程量大",
            until=date(2025, 7, 1),
        )
        draft, letter = (
            SuggestionReply(
                suggestion=part.suggestion,
                suggestion_unit=part,
                unit=unit,
                state=state,
                reply_class=ReplyClass.B,
                body="已列入计划。",
                promised=[],
                replied_on=date(2025, 4, 1) if state is ReplyState.SIGNED else None,
            )
            for part, state in ((lead, ReplyState.DRAFT), (answered, ReplyState.SIGNED))
        )
        self._save(item, ask, draft, letter)
        users = frozenset({"unit", "unit_head"}) if own else frozenset()
        persons = frozenset({mandate.person_id})
        for kind, args in (
            ("unit_part", {"part_id": lead.id}),
            ("helper_part", {"part_id": helper.id}),
            ("month_item", {"item_id": item.id}),
            ("unit_ask", {"ask_id": ask.id}),
            ("draft", {"reply_id": draft.id}),
            ("letter", {"reply_id": letter.id}),
        ):
            self.add(kind, Thing(place, {**FIXED, **args}, area, persons, users))

    def _evaluation(self, place: str, area: str, mandate: Mandate) -> None:
        """An evaluation in which the deputy of the place is asked about an answered suggestion."""
        # A year of its own: places of one township have their suggestions in common.
        year = 1991 + list(PLACES).index(place)
        unit = HandlingUnit(area_code=area, name=f"测评单位-{place}")
        suggestion = Suggestion(
            office_code=area[:6],
            area_code=area,
            number=f"SE-{place}",
            title=f"测评建议-{place}",
            lead_mandate=mandate,
            raised_on=date(year, 1, 9),
            occasion=Occasion.IN_SESSION,
            state=SuggestionState.CONCLUDED,
            assigned_on=date(year, 1, 20),
            replied_on=date(year, 3, 20),
            units=[SuggestionUnit(unit=unit, part=UnitPart.LEAD, state=HandlingState.ANSWERED)],
        )
        evaluation = _an_evaluation(area, f"测评-{place}", year)
        self._save(suggestion, evaluation)
        self.keep("evaluation", place, evaluation_id=evaluation.id, unit_id=unit.id)

    def _records(self) -> None:
        for place, (_area, card) in PLACES.items():
            record = db.session.scalars(
                select(DutyRecord).where(DutyRecord.mandate_id == self.mandates[card].id).limit(1)
            ).one()
            self.keep("record", place, record_id=record.id)

    # --- accounts ---------------------------------------------------------------------------------------

    def _accounts(self) -> None:
        for login, identity in self.world.users.items():
            user = db.session.get_one(User, identity)
            owner = frozenset({login})
            self.add("user", Thing(login, {"user_id": user.id}, user.area_code, users=owner))
            session = LoginSession(token_hash=f"none-{login}", user_id=user.id, began_at=clock.now())
            self._save(session)
            self.add("session", Thing(login, {"session_id": session.id}, users=owner))
            self._jobs(login, user, owner)
            self._own_notice(login, user, owner)
            if login in STAFF:
                self._batches(login, user)

    def _own_notice(self, login: str, user: User, owner: frozenset[str]) -> None:
        kind = NoticeKind.OTHER
        notice = Notice(key=f"own-{login}", kind=kind, area_code=user.area_code, user=user, title="请看")
        self._save(notice)
        self.add("own_notice", Thing(login, {"notice_id": notice.id}, users=owner))

    def _batches(self, login: str, user: User) -> None:
        """A previewed import, and one to be given up: its files go."""
        for kind in ("batch", "given_up"):
            batch = ImportBatch(
                area_code=user.area_code,
                user_id=user.id,
                state=BatchState.PREVIEWED,
                files=[{"name": "名册.xlsx"}],
                wrong=1,
                preview={"sheets": [SHEET]},
            )
            self._save(batch)
            path = workbook_path(batch.id, 0, "名册.xlsx")
            path.parent.mkdir(parents=True)
            workbook = openpyxl.Workbook()
            workbook.create_sheet("名册", 0).append(["姓名", "层级"])
            workbook.save(path)
            self.add(kind, Thing(login, {"batch_id": batch.id, "sheet": SHEET["key"]}, user.area_code))

    def _jobs(self, login: str, user: User, owner: frozenset[str]) -> None:
        kept = {"kind": roster.KIND, "label": "开通账号", "arguments": {}, "actor": {}, "user_id": user.id}
        done = jobs.Job(**kept, area_code=user.area_code, state=jobs.JobState.DONE, finished_at=clock.now())
        self._save(done)
        roster._keep_run(jobs.job_folder(done.id), "run", [user.id])
        # Outside the job's folder, which goes when the slips are said to be handed out.
        result = jobs.job_folder(done.id).with_name(f"result-{done.id}.txt")
        result.write_text("result")
        done.result_path, done.result_name = str(result), "result.txt"
        self.add("job", Thing(login, {"job_id": done.id}, users=owner))

    def _events(self) -> None:
        for place, (area, _card) in PLACES.items():
            event = db.session.scalars(select(AuditEvent).where(AuditEvent.area_code == area).limit(1)).one()
            self.add("event", Thing(place, {"event_id": event.id}, area))

    # --- the means --------------------------------------------------------------------------------------

    def _save(self, *rows: Any) -> None:
        db.session.add_all(rows)
        db.session.flush()

    def _file(self, kind: str, identity: int, scope: str) -> attachments.Attachment:
        """A photograph; each its own, so that taking one away leaves the others."""
        stream = io.BytesIO()
        Image.new("RGB", (40 + identity, 30), (identity % 250, 90, 90)).save(stream, "PNG")
        stream.seek(0)
        return attachments.store(
            FileStorage(stream, "照片.png"),
            subject_kind=kind,
            subject_id=identity,
            scope_code=scope,
            actor=operator("tests"),
        )


def _composition(area: str, name: str) -> GroupComposition:
    """A division of everybody into one group, which is even at once."""
    wishes = Wishes(levels=tuple(Level), groups=1, least=0, most=500, mixed=False)
    day = date(2024, 1, 1)
    return GroupComposition(
        area_code=area, name=name, on=day, wishes=wishes.write(), names=["一组"], division={}
    )


def _an_evaluation(area: str, title: str, year: int) -> Evaluation:
    """An open one."""
    return Evaluation(
        office_code=area[:6],
        area_code=area,
        year=year,
        title=title,
        scheme_name="量化测评",
        scheme=shipped("yiyang"),
        opened_on=clock.today(),
    )


def crowd(world: World, count: int) -> None:
    """``count`` more of everything a list shows, kept in 青山乡: about the deputies already there."""
    with acting_as(operator("tests")):
        first = db.session.get_one(Mandate, world.mandates["C003"])
        for n in range(count):
            db.session.add_all(_one_more(first, n))
        db.session.flush()
        reconcile(fix=True)


def _plans_and_links(upper: Mandate, elected: Mandate, n: int) -> Iterable[Any]:
    """A group's plan with an activity to come that needs support, a leader in no group, a link, a note of care."""
    area, office = QINGSHAN, COUNTY
    group = DeputyGroup(area_code=area, name=f"众计划组{n}")
    plan = GroupPlan(area_code=area, group=group, scope=PlanScope.YEAR, year=clock.today().year)
    yield Activity(
        office_code=office,
        area_code=area,
        number=f"众P{n}",
        kind=ActivityKind.GROUP_ACTIVITY,
        title=f"计划活动{n}",
        state=ActivityState.PLANNED,
        held_on=clock.today() + timedelta(days=n),
        group=group,
        plan=plan,
        need_vehicle="中巴一辆",
    )
    person = type(elected.person)(
        area_code=area, name=f"干部{n}", given_name="", pinyin=f"ganbu{n}", initials="gb"
    )
    copied = ("office_code", "area_code", "scope_code", "level", "term_id", "began_on")
    yield Mandate(
        person=person,
        card_no=f"L{n:03}",
        leader=True,
        electoral_district_id=upper.electoral_district_id,
        **{name: getattr(upper, name) for name in copied},
    )
    yield DeputyLink(area_code=area, upper=upper, lower=elected, began_on=BEGAN)
    yield CareNote(area_code=area, mandate=elected, reason="生病", noted_on=date(2025, 1, 2))


def _calendar_of(mandate: Mandate, n: int) -> Iterable[Any]:
    """A calendar, a day of it nobody has recorded, a request about it and a wish."""
    station = Station(office_code=COUNTY, area_code=QINGSHAN, name=f"众日历站{n}")
    rules = CalendarRules(station_ids=(1,), from_on=date(2024, 1, 1)).model_dump(mode="json")
    calendar = ReceptionCalendar(
        office_code=COUNTY, area_code=QINGSHAN, year=2024, name=f"众日历{n}", rules=rules, notes=[]
    )
    day = Reception(
        office_code=COUNTY,
        area_code=QINGSHAN,
        station=station,
        calendar=calendar,
        state=ReceptionState.PLANNED,
        held_on=date(2024, 1, 1) + timedelta(days=n),
        deputies=[ReceptionDeputy(mandate=mandate, standing=DutyStanding.ASSIGNED)],
    )
    yield day
    yield ReceptionRequest(
        area_code=QINGSHAN, reception=day, mandate=mandate, kind=RequestKind.LEAVE, state=RequestState.AGREED
    )
    yield ReceptionWish(
        mandate=mandate, kind=WishKind.PREFER, from_on=date(2024, 1, 1), until_on=date(2024, 1, 5)
    )


def _one_more(mandate: Mandate, n: int) -> Iterable[Any]:
    area, office, day = QINGSHAN, COUNTY, date(2024, 1, 1) + timedelta(days=n)
    person = type(mandate.person)(
        area_code=area, name=f"新人{n}", given_name="", pinyin=f"xinren{n}", initials="xr"
    )
    copied = ("office_code", "area_code", "scope_code", "level", "term_id", "began_on")
    elected = Mandate(
        person=person,
        card_no=f"X{n:03}",
        electoral_district_id=mandate.electoral_district_id,
        leader=True,
        **{name: getattr(mandate, name) for name in copied},
    )
    yield elected
    yield from _calendar_of(elected, n)
    yield DeputyGroup(
        area_code=area,
        name=f"众小组{n}",
        memberships=[GroupMembership(mandate=elected, joined_on=BEGAN)],
        posts=[GroupPost(holder_name="周志愿", role=GroupRole.LEADER, began_on=BEGAN)],
    )
    yield _composition(area, f"众编组{n}")
    yield _an_evaluation(area, f"众测评{n}", 1980)
    yield from _plans_and_links(mandate, elected, n)
    yield from publicity_crowd(elected, n)
    yield from after_reply_crowd(elected, area, n)
    yield from supervision_crowd(elected, n)
    yield from screening_crowd(elected, area, n)
    if n % 2:
        station = Station(office_code=office, area_code=area, name=f"众站{n}")
        yield StationAssignment(station=station, mandate=elected, began_on=BEGAN)
        reception = Reception(
            office_code=office,
            area_code=area,
            number=f"众J{n}",
            station=station,
            held_on=day,
            deputies=[ReceptionDeputy(mandate=elected)],
        )
        yield Partner(
            area_code=area, mandate=elected, name=f"众伴{n}", kind=PartnerKind.OTHER, began_on=BEGAN
        )
        yield Opinion(
            office_code=office,
            area_code=area,
            number=f"众Y{n}",
            reception=reception,
            received_on=day,
            content="意见",
            transfers=[
                OpinionTransfer(
                    office_code=office,
                    area_code=area,
                    number=f"众JB{n}",
                    unit=HandlingUnit(area_code=area, name=f"众收{n}"),
                    sent_on=day,
                )
            ],
        )
    yield Activity(
        office_code=office,
        area_code=area,
        number=f"众H{n}",
        kind=ActivityKind.STUDY,
        title=f"学习{n}",
        state=ActivityState.HELD,
        held_on=day,
        attendances=[Attendance(mandate=elected, status=AttendanceStatus.PRESENT)],
    )
    yield DutyEntry(
        mandate=elected,
        scope_code=area,
        kind=DutyKind.VOTER_VISIT,
        happened_on=day,
        origin=EntryOrigin.SELF,
        state=DutyState.PENDING,
    )
    yield DutyReport(
        mandate=elected,
        scope_code=area,
        reported_on=day,
        mode=ReportMode.WRITTEN,
        addressee=addressee_of(elected.level),
    )
    unit = HandlingUnit(area_code=area, name=f"众单位{n}")
    part = SuggestionUnit(unit=unit, part=UnitPart.LEAD)
    suggestion = Suggestion(
        office_code=office,
        area_code=area,
        number=f"众S{n}",
        title=f"建议{n}",
        lead_mandate=elected,
        raised_on=day,
        occasion=Occasion.BETWEEN_SESSIONS,
        units=[part],
    )
    yield suggestion
    yield SuggestionClock(
        suggestion=suggestion,
        suggestion_unit=part,
        area_code=area,
        kind=ClockKind.REPLY,
        started_on=day,
        due_on=day + timedelta(days=90),
    )
    yield MonthItem(suggestion_unit=part, month=day.replace(day=1), work=f"众事{n}", handler="众人")
    yield UnitAsk(suggestion_unit=part, kind=AskKind.OBJECTION, asked_on=day, reason=f"众由{n}")
    yield Urge(suggestion=suggestion, unit=unit, office_code=office, number=f"众CB{n}", on=day)
    kind = NoticeKind.RECEPTION_EARLY
    yield Notice(key=f"crowd:{n}", kind=kind, area_code=area, person=person, title=f"接待预告{n}")
    yield User(login=f"crowd{n}", name=f"众{n}", password_hash="none", area_code=QINGSHAN, preferences={})
    yield ImportBatch(area_code=area, state=BatchState.DONE, files=[{"name": f"名册{n}.xlsx"}])
