"""Figures are counted once for each state of the records, and anew after any change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from app.duty_reports import operations
from app.duty_reports.states import ReportMode
from app.extensions import db
from app.kit.database import set_reading
from app.oversight.queries.coverage import get_coverage
from app.oversight.queries.remembered import Remembered
from app.registry.models import Mandate, RuleSet, Suspension, Term
from app.registry.states import Level, SuspensionReason
from tests.world import COUNTY, LINJIANG, NEIGHBOUR, World

ON = date(2024, 3, 31)


def test_every_kind_of_change_is_seen_at_once(session: Any, world: World) -> None:
    def figures() -> tuple[int, int, int]:
        found = get_coverage(COUNTY, ON).figures(Level.COUNTY)
        return found.in_office, found.reported, found.overdue

    assert figures() == (3, 0, 2)
    report = operations.record_duty_report(
        world.actor("county"),
        mandate_id=world.mandates["C001"],
        reported_on=date(2023, 1, 5),
        mode=ReportMode.MEETING,
    )
    assert figures() == (3, 1, 1)
    suspended = Suspension(
        mandate=session.get_one(Mandate, world.mandates["C002"]),
        reason=SuspensionReason.DETAINED,
        began_on=date(2024, 1, 1),
    )
    session.add(suspended)
    session.flush()
    assert figures() == (2, 1, 0)
    session.get_one(Mandate, world.mandates["C003"]).re_elected = True
    session.flush()
    assert figures() == (2, 1, 1)
    session.query(RuleSet).one().content = {
        "due_years": {"re_elected": [5], "office_holder": [5], "other": [5]},
        "windows": {"county": {"months": [1, 12]}},
    }
    session.flush()
    assert figures() == (2, 1, 0)
    session.get_one(Term, world.terms["岳湖县第十八届"]).started_on = date(2023, 2, 1)
    session.flush()
    assert figures() == (2, 0, 0)
    operations.delete_duty_report(world.actor("county"), report)
    assert figures() == (2, 0, 0)


def test_counted_once_until_something_changes_there_or_above(session: Any, world: World) -> None:
    remembered: Remembered[int] = Remembered(2)
    counts: list[int] = []

    def ask(area: str, asked: int = 0) -> int:
        return remembered.get(area, asked, lambda: counts.append(1) or len(counts))  # type: ignore[func-returns-value]

    assert [ask(COUNTY), ask(COUNTY), ask(LINJIANG), ask(COUNTY)] == [1, 1, 2, 1]
    session.get_one(Mandate, world.mandates["N001"]).note = "邻县的变动"
    session.flush()
    assert ask(COUNTY) == 1 and ask("9990") == 3  # the county's was counted before and still holds
    session.get_one(Mandate, world.mandates["C001"]).note = "本县的变动"
    session.flush()
    assert ask(COUNTY) == 4 and ask(NEIGHBOUR) == 5
    session.get_one(Term, world.terms["东湖市第九届"]).ordinal = 10
    session.flush()
    assert ask(COUNTY) == 6  # the city's records count for the county too
    remembered.forget()
    assert ask(COUNTY) == 7


def test_a_page_shows_what_somebody_else_just_saved(
    app: Flask, world: World, sign_in: Callable[[str], FlaskClient]
) -> None:
    leader, clerk = sign_in("leader"), sign_in("county")
    url = "/coverage?level=county&on=2024-03-31"
    assert "已报告 0 名" in leader.get(url).get_data(as_text=True)
    form = {"reported_on": "2023-12-01", "mode": "meeting", "mandate_ids": world.mandates["C001"]}
    assert clerk.post("/duty-reports/new", data=form).status_code == 303
    assert "已报告 1 名" in leader.get(url).get_data(as_text=True)
    with app.app_context():
        set_reading(False)
        db.session.query(RuleSet).one().content = {
            "due_years": {"re_elected": [1], "office_holder": [2], "other": [3]},
            "windows": {"county": {"months": [1, 2]}},
            "meeting_share_min": 0.5,
        }
        db.session.commit()
        db.session.remove()
    assert "规定不低于 50.0%" in leader.get(url).get_data(as_text=True)
