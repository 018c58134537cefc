"""This year's and next year's reception calendar of the invented county: published, with requests, and a draft."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

from app.cli.demo.rows import COUNTY, Maker
from app.kit import clock
from app.kit.workdays import load as load_workdays
from app.stations.calendar.dates import reception_days
from app.stations.calendar.rota import Problem, Receiver, Slot
from app.stations.calendar.settings import CalendarRules
from app.stations.calendar.solving import draft
from app.stations.models import (
    Reception,
    ReceptionCalendar,
    ReceptionDeputy,
    ReceptionRequest,
    ReceptionWish,
)
from app.stations.states import (
    CalendarState,
    DutyStanding,
    ReceptionKind,
    ReceptionState,
    RequestKind,
    RequestState,
    WishKind,
)


def add_calendar(maker: Maker) -> None:
    """A published calendar from today on, requests and wishes about it, and the draft of the year after."""
    today = maker.today
    stations = maker.made["station"]
    begins = today - timedelta(days=6)
    published = _calendar(maker, today.year, begins, stations, CalendarState.PUBLISHED)
    drafted = _calendar(maker, today.year + 1, date(today.year + 1, 1, 1), stations, CalendarState.DRAFT)
    # What is left of this year is not enough for everyone to serve; next year is.
    by_day = [*_rota(maker, published, least=0), *_rota(maker, drafted, least=1)]
    coming = [(day, people) for day, people in by_day if day["held_on"] > today and len(people) > 1]
    _requests(maker, coming)
    _wishes(maker)
    maker.flush()


def _calendar(
    maker: Maker, year: int, begins: date, stations: list[dict[str, Any]], state: CalendarState
) -> dict[str, Any]:
    rules = CalendarRules(
        station_ids=tuple(station["id"] for station in stations),
        from_on=begins,
        starts_at=time(9),
        ends_at=time(11, 30),
    )
    made = maker.add(
        ReceptionCalendar,
        office_code=COUNTY,
        area_code=COUNTY,
        year=year,
        name=f"清澜县{year}年代表接待日历",
        kind=ReceptionKind.PUBLIC,
        state=state,
        rules=rules.model_dump(mode="json"),
        notes=[],
        published_at=clock.now() - timedelta(days=7) if state is CalendarState.PUBLISHED else None,
        job_id=None,
        version=1,
    )
    workdays = load_workdays()
    planned = state is CalendarState.PUBLISHED
    for station in stations:
        for day in reception_days(rules.dates, year, workdays):
            if day.day < begins:
                continue
            maker.add(
                Reception,
                office_code=COUNTY,
                area_code=station["area_code"],
                number=None,
                station_id=station["id"],
                kind=ReceptionKind.PUBLIC,
                state=ReceptionState.PLANNED if planned else ReceptionState.DRAFT,
                calendar_id=made["id"],
                held_on=day.day,
                starts_at=time(9),
                ends_at=time(11, 30),
                rule_day=day.rule_day if day.moved else None,
                people_received=0,
                version=1,
            )
    return made


def _rota(
    maker: Maker, calendar: dict[str, Any], *, least: int
) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """The rota as the system's own first draft puts it."""
    days = [row for row in maker.made["reception"] if row.get("calendar_id") == calendar["id"]]
    mandates = {row["id"]: row for row in maker.made["mandate"]}
    at: dict[int, dict[int, int]] = {}
    for row in maker.made["station_assignment"]:
        mandate = mandates[row["mandate_id"]]
        if mandate.get("ended_on") is None:
            at.setdefault(row["station_id"], {})[mandate["person_id"]] = mandate["id"]
    people = {
        person: Receiver(
            person, "", bool(mandates[mandate].get("leader")), mandates[mandate]["level"].rank, least
        )
        for some in at.values()
        for person, mandate in some.items()
    }
    slots = tuple(Slot(day["id"], day["station_id"], day["held_on"]) for day in days)
    problem = Problem(slots, people, {slot.key: at.get(slot.station, {}) for slot in slots}, per_day=2)
    rota = draft(problem)
    found = []
    for day in days:
        chosen = [mandates[problem.open_to[day["id"]][person]] for person in sorted(rota[day["id"]])]
        for mandate in chosen:
            maker.add(
                ReceptionDeputy,
                reception_id=day["id"],
                mandate_id=mandate["id"],
                standing=DutyStanding.ASSIGNED,
                fixed=False,
            )
        found.append((day, chosen))
    return found


def _requests(maker: Maker, coming: list[tuple[dict[str, Any], list[dict[str, Any]]]]) -> None:
    published = [(day, people) for day, people in coming if day["state"] is ReceptionState.PLANNED]
    for day, people in published[:6]:
        maker.add(
            ReceptionRequest,
            area_code=day["area_code"],
            reception_id=day["id"],
            mandate_id=people[0]["id"],
            kind=RequestKind.LEAVE,
            state=RequestState.AGREED,
            reason=maker.random.choice(("外出培训", "单位有会", "身体不适")),
            answer="",
            version=1,
        )


def _wishes(maker: Maker) -> None:
    year = maker.today.year + 1
    for mandate in maker.made["mandate"][::25]:
        month = maker.random.randint(1, 11)
        maker.add(
            ReceptionWish,
            mandate_id=mandate["id"],
            kind=maker.random.choice((WishKind.ABSENT, WishKind.PREFER)),
            from_on=date(year, month, 1),
            until_on=date(year, month, 28),
            weekday=None,
            note=maker.random.choice(("农忙", "外出务工", "")),
        )
