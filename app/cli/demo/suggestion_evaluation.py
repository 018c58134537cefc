"""Two years' evaluation of the invented county's units: last year's published, this year's still open."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from app.cli.demo.rows import COUNTY, Maker
from app.registry.models import Post
from app.registry.states import Level, PostKind
from app.suggestions.evaluation.counting import WHOLE
from app.suggestions.evaluation.indicators import Handled
from app.suggestions.evaluation.scheme import shipped
from app.suggestions.evaluation.subjects import Led, Subject, kept
from app.suggestions.models import CountedSheet, Evaluation
from app.suggestions.states import (
    EvaluationState,
    HandlingState,
    RaterGroup,
    Satisfaction,
    SupervisorKind,
    UnitPart,
)

COMMITTEES = (
    "监察和法制委员会",
    "财政经济委员会",
    "教科文卫委员会",
    "农业与农村委员会",
    "环境与资源保护委员会",
)
MEMBERS = 21
HAVE_LEFT = (HandlingState.RETURNED, HandlingState.WITHDRAWN)


def add_evaluation(maker: Maker) -> None:
    """Posts of raters where nobody has given them yet, and both evaluations with their counted sheets."""
    _posts(maker)
    last, this = maker.today.year - 1, maker.today.year
    published = _evaluation(maker, last, date(last, 12, 20))
    subjects = _subjects(maker, last)
    published |= {
        "state": EvaluationState.PUBLISHED,
        "subjects": kept(subjects),
        "closes_on": date(last, 12, 28),
        "published_on": date(last, 12, 30),
    }
    for place, subject in enumerate(subjects):
        for group in RaterGroup:
            # One committee never met: its units' weight is shared out among the others, and the page says so.
            if not (group is RaterGroup.COMMITTEE and place == 2):
                _sheet(maker, published, subject, group, weak=place % 5 == 4)
    running = _evaluation(maker, this, maker.today - timedelta(days=6))
    running["closes_on"] = maker.today + timedelta(days=20)
    for place, subject in enumerate(_subjects(maker, this)):
        _sheet(maker, running, subject, RaterGroup.MEMBERS, weak=place % 5 == 4)
        if place % 3:
            _sheet(maker, running, subject, RaterGroup.DEPUTY, weak=False)


def _posts(maker: Maker) -> None:
    county = [
        row
        for row in maker.made["mandate"]
        if row["level"] is Level.COUNTY and row["ended_on"] is None and not row.get("leader")
    ]
    wanted: list[tuple[PostKind, list[str]]] = [
        (PostKind.STANDING_COMMITTEE_MEMBER, ["县人大常委会委员"] * MEMBERS),
        (PostKind.SPECIAL_COMMITTEE_CHAIR, [f"县人大{name}主任委员" for name in COMMITTEES]),
    ]
    for kind, titles in wanted:
        if any(row["kind"] is kind for row in maker.made["post"]):
            continue
        for title in titles:
            maker.add(
                Post,
                area_code=COUNTY,
                person_id=county.pop()["person_id"],
                kind=kind,
                title=title,
                began_on=maker.term_began,
                version=1,
            )


def _evaluation(maker: Maker, year: int, opened_on: date) -> dict[str, Any]:
    content = shipped("yiyang")
    return maker.add(
        Evaluation,
        office_code=COUNTY,
        area_code=COUNTY,
        year=year,
        title=f"{year}年代表建议办理工作测评",
        state=EvaluationState.OPEN,
        scheme_name=content["name"],
        scheme=content,
        subjects=None,
        opened_on=opened_on,
        closes_on=None,
        published_on=None,
        version=1,
    )


def _subjects(maker: Maker, year: int) -> list[Subject]:
    """What the page itself would find, from the rows as made."""
    of_year = {
        row["id"]: row
        for row in maker.made["suggestion"]
        if row["raised_on"].year == year and row.get("assigned_on") and row.get("replied_on")
    }
    groups = [row for row in maker.made.get("supervision", ()) if row["kind"] is SupervisorKind.GROUP]
    supervised = {row.get("suggestion_id") for row in groups}
    names = {row["id"]: row["name"] for row in maker.made["handling_unit"]}
    led: dict[int, list[Led]] = {}
    for part in maker.made["suggestion_unit"]:
        row = of_year.get(part["suggestion_id"])
        if row is not None and part["part"] is UnitPart.LEAD and part.get("state") not in HAVE_LEFT:
            led.setdefault(part["unit_id"], []).append(_led(row, row["id"] in supervised))
    found = [Subject(unit, names[unit], tuple(rows)) for unit, rows in led.items()]
    return sorted(found, key=lambda one: one.name)


def _led(row: dict[str, Any], cosupervised: bool) -> Led:
    handled = Handled(
        suggestion_id=row["id"],
        assigned_on=row["assigned_on"],
        due_on=row.get("due_on"),
        replied_on=row["replied_on"],
        satisfaction=row.get("satisfaction"),
    )
    return Led(handled, row["number"] or "", row["title"], cosupervised)


def _sheet(
    maker: Maker, evaluation: dict[str, Any], subject: Subject, group: RaterGroup, *, weak: bool
) -> None:
    words = [one.handled.satisfaction for one in subject.led if one.handled.satisfaction]
    if group is RaterGroup.DEPUTY_GROUP:
        words = [word for word, one in zip(words, subject.led, strict=False) if one.cosupervised]
    if group in (RaterGroup.MEMBERS, RaterGroup.COMMITTEE):
        voters = MEMBERS if group is RaterGroup.MEMBERS else len(COMMITTEES)
        chances = (4, 4, 3) if weak else (12, 3, 1)
        words = maker.random.choices(list(Satisfaction), chances, k=voters)
    if not words:
        return
    maker.add(
        CountedSheet,
        evaluation_id=evaluation["id"],
        rater=group,
        item="",
        unit_id=subject.unit_id,
        suggestion_id=WHOLE,
        satisfied=words.count(Satisfaction.SATISFIED),
        basically=words.count(Satisfaction.BASICALLY),
        dissatisfied=words.count(Satisfaction.DISSATISFIED),
        marked=0,
        marks=0,
        version=1,
    )
