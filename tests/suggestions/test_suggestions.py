"""Suggestions: signers, units, the three months of article 51, ledger rows, who sees which."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.extensions import db
from app.kit import clock
from app.kit.audit import history_of
from app.kit.errors import Conflict, DomainError, Forbidden, NotFound
from app.ledger.models import DutyRecord
from app.ledger.operations.posting import reconcile
from app.ledger.states import DutyKind, Part
from app.registry import units
from app.registry.models import HandlingUnit
from app.stations.models import Opinion
from app.stations.operations import create_opinion
from app.stations.states import OpinionRoute, OpinionState
from app.suggestions import operations, queries
from app.suggestions.models import Suggestion
from app.suggestions.rules import due_reason, latest_due_on, reply_due_on, standing_of, unit_names
from app.suggestions.states import (
    Occasion,
    ReplyClass,
    ReplyWay,
    Satisfaction,
    SuggestionSource,
    SuggestionStanding,
    UnitPart,
)
from tests.world import COUNTY, LINJIANG

DAY = date(2024, 3, 15)


def _values(world, **changes):
    return {
        "lead_mandate_id": world.mandates["C001"],
        "cosigner_ids": [world.mandates["C002"]],
        "raised_on": DAY,
        "number": "",
        "opinion_number": "",
        "lead_unit": "县水利局",
        "co_units": ["县住建局"],
        "title": "关于整修灌渠的建议",
        "body": "灌渠年久失修。",
        "category": "水利",
        "occasion": Occasion.BETWEEN_SESSIONS,
        "source": SuggestionSource.RESEARCH,
        "assigned_on": None,
        "due_on": None,
        "replied_on": None,
        "reply_class": None,
        "reply_way": None,
        "satisfaction": None,
        "solved": False,
        **changes,
    }


def _suggestion(world, login: str = "county", **changes) -> Suggestion:
    return operations.create_suggestion(world.actor(login), **_values(world, **changes))


def _posted() -> dict[int, tuple[DutyKind, Part]]:
    rows = db.session.execute(select(DutyRecord.mandate_id, DutyRecord.kind, DutyRecord.part))
    return {row[0]: (row[1], row[2]) for row in rows}


def test_who_leads_and_who_signs_get_ledger_rows(world, session):
    made = _suggestion(world)
    c001, c002 = world.mandates["C001"], world.mandates["C002"]
    assert (made.number, made.area_code, made.office_code) == ("2024-001", LINJIANG, COUNTY)
    assert _posted() == {
        c001: (DutyKind.SUGGESTION, Part.LED),
        c002: (DutyKind.COSIGNED_SUGGESTION, Part.COSIGNED),
    }
    assert reconcile() == []


def test_the_ledger_follows_every_correction(world, session):
    made = _suggestion(world)
    changed = _values(
        world, lead_mandate_id=world.mandates["T002"], cosigner_ids=[], occasion=Occasion.IN_SESSION
    )
    operations.update_suggestion(world.actor("county"), made, version=made.version, **changed)
    assert _posted() == {world.mandates["T002"]: (DutyKind.SESSION_SUGGESTION, Part.LED)}
    assert reconcile() == []
    operations.delete_suggestion(world.actor("county"), made)
    assert _posted() == {}
    assert reconcile() == []


def test_units_are_made_once_per_office_and_change_with_the_suggestion(world, session):
    """3-35: one unit leads, others help."""
    first, second = _suggestion(world), _suggestion(world, lead_unit="县住建局", co_units=[])
    assert second.number == "2024-002"
    made = select(HandlingUnit.name).where(HandlingUnit.name.startswith("县")).order_by(HandlingUnit.id)
    assert session.scalars(made).all() == [
        "县住建局",
        "县水利局",
    ]
    operations.update_suggestion(
        world.actor("county"),
        first,
        version=None,
        **_values(world, lead_unit="县住建局", co_units=["县水利局"]),
    )
    parts = {row.unit.name: row.part for row in first.units}
    assert parts == {"县住建局": UnitPart.LEAD, "县水利局": UnitPart.CO}
    change = history_of(session, "suggestion", first.id)[0]
    assert (change.before, change.after) == (
        {"lead_units": "县水利局", "co_units": "县住建局"},
        {"lead_units": "县住建局", "co_units": "县水利局"},
    )


def test_three_months_from_assignment_with_the_reason(world, session):
    """代表法 art. 51: three months, six where the matter is difficult; ui rule 6 the reason is shown."""
    assigned_on = date(2024, 11, 30)
    made = _suggestion(world, assigned_on=assigned_on)
    assert made.due_on == date(2025, 2, 28) == reply_due_on(assigned_on)
    assert "第五十一条" in str(due_reason(made.assigned_on, made.due_on))
    latest = latest_due_on(assigned_on)
    assert latest == date(2025, 5, 30)
    values = _values(world, assigned_on=made.assigned_on, due_on=latest)
    operations.update_suggestion(world.actor("county"), made, version=None, **values)
    assert "六个月" in str(due_reason(made.assigned_on, made.due_on))
    with pytest.raises(DomainError) as refused:
        values["due_on"] = latest + timedelta(days=1)
        operations.update_suggestion(world.actor("county"), made, version=None, **values)
    assert refused.value.field == "due_on"


DUE = date(2024, 6, 30)


@pytest.mark.parametrize(
    ("assigned", "due", "replied", "on", "expected"),
    [
        (None, None, None, DUE, SuggestionStanding.UNASSIGNED),
        (DAY, DUE, None, DUE, SuggestionStanding.OPEN),
        (DAY, DUE, None, DUE + timedelta(days=1), SuggestionStanding.OVERDUE),
        (DAY, DUE, DUE, DUE + timedelta(days=9), SuggestionStanding.REPLIED),
        (DAY, DUE, DUE + timedelta(days=1), DUE + timedelta(days=9), SuggestionStanding.REPLIED_LATE),
        (DAY, None, DUE, DUE, SuggestionStanding.REPLIED),
    ],
)
def test_late_is_replied_or_still_open_after_the_day(world, session, assigned, due, replied, on, expected):
    assert standing_of(assigned, due, replied, on) is expected
    made = _suggestion(world)
    made.assigned_on, made.due_on, made.replied_on = assigned, due, replied
    session.flush()
    assert session.scalar(select(queries.standing(on))) == expected


def test_a_suggestion_grows_from_an_opinion(world, session):
    """3-34 ① and 3-36: the source is known down to the opinion, which goes that way."""
    county = world.actor("county")
    opinion = create_opinion(county, area_code=LINJIANG, received_on=DAY, content="灌渠漏水")
    made = _suggestion(world, source=SuggestionSource.RECEPTION, opinion_number=opinion.number)
    assert made.source_opinion is opinion and opinion.route is OpinionRoute.SUGGESTION
    for number in ("YJ20249999", opinion.number):
        with pytest.raises(DomainError) as refused:
            _suggestion(
                world, "other_township", opinion_number=number,
                lead_mandate_id=world.mandates["T003"], cosigner_ids=[],
            )  # fmt: skip
        assert refused.value.field == "opinion_number"
    second = _suggestion(world, opinion_number=opinion.number, title="再提灌渠漏水")
    operations.delete_suggestion(county, second)
    assert opinion.state is OpinionState.SUGGESTED, "another suggestion still grows from it"
    operations.delete_suggestion(county, made)
    kept = session.execute(select(Opinion.state, Opinion.route).where(Opinion.id == opinion.id)).one()
    assert tuple(kept) == (OpinionState.RECEIVED, None)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"raised_on": clock.today() + timedelta(days=1)}, "raised_on"),
        ({"raised_on": date(2020, 1, 1)}, "lead_mandate_id"),
        ({"assigned_on": DAY - timedelta(days=1)}, "assigned_on"),
        ({"due_on": DAY}, "assigned_on"),
        ({"replied_on": DAY}, "assigned_on"),
        ({"assigned_on": DAY, "replied_on": DAY - timedelta(days=1)}, "replied_on"),
        ({"assigned_on": DAY, "replied_on": clock.today() + timedelta(days=1)}, "replied_on"),
        ({"reply_class": ReplyClass.A}, "replied_on"),
        ({"satisfaction": Satisfaction.SATISFIED}, "replied_on"),
        ({"lead_unit": "", "co_units": ["县住建局"]}, "lead_unit"),
        ({"lead_unit": "县住建局", "co_units": ["县住建局"]}, "co_units"),
        ({"cosigner_ids": "lead"}, "cosigner_ids"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(world, session, changes, field):
    if changes.get("cosigner_ids") == "lead":
        changes = {"cosigner_ids": [world.mandates["T001"]]}  # the leading deputy's other mandate
    with pytest.raises(DomainError) as refused:
        _suggestion(world, **changes)
    assert refused.value.field == field


def test_every_column_of_the_register_is_held(world, session):
    made = _suggestion(
        world, number="2024-088", assigned_on=DAY, replied_on=DAY + timedelta(days=40), reply_class=ReplyClass.B,
        reply_way=ReplyWay.IN_PERSON, satisfaction=Satisfaction.BASICALLY, solved=True,
    )  # fmt: skip
    session.expire_all()
    again = queries.get_visible_suggestion(world.actor("leader"), made.id)
    assert (again.number, again.reply_class, again.reply_way, again.satisfaction, again.solved) == (
        "2024-088", ReplyClass.B, ReplyWay.IN_PERSON, Satisfaction.BASICALLY, True,
    )  # fmt: skip
    assert _suggestion(world).number == "2024-089"


def test_names_of_units_are_listed_as_people_do():
    assert unit_names("县水利局、县住建局，县水利局；临江镇政府") == ["县水利局", "县住建局", "临江镇政府"]


def test_signers_alone_changing_makes_an_older_form_stale(world, session):
    made = _suggestion(world)
    opened = made.version
    operations.update_suggestion(
        world.actor("county"), made, version=opened, **_values(world, cosigner_ids=[])
    )
    with pytest.raises(Conflict):
        operations.update_suggestion(world.actor("county"), made, version=opened, **_values(world))


def test_who_sees_and_who_changes_a_suggestion(world, session):
    made = _suggestion(world, cosigner_ids=[world.mandates["T002"]])
    for login in ("county", "township", "leader", "deputy", "other_deputy"):
        assert queries.get_visible_suggestion(world.actor(login), made.id) is made
    for login in ("other_township", "neighbour"):
        with pytest.raises(NotFound):
            queries.get_visible_suggestion(world.actor(login), made.id)
    for login, refusal in (("other_township", NotFound), ("leader", Forbidden), ("deputy", Forbidden)):
        with pytest.raises(refusal):
            operations.update_suggestion(world.actor(login), made, version=None, **_values(world))
        with pytest.raises(refusal):
            operations.delete_suggestion(world.actor(login), made)
    alone = _suggestion(world, cosigner_ids=[])
    with pytest.raises(NotFound):
        queries.get_visible_suggestion(world.actor("other_deputy"), alone.id)


def test_units_belong_to_the_office_and_a_township_uses_its_countys(world, session):
    made = _suggestion(world)
    unit = next(row.unit for row in made.units if row.part is UnitPart.LEAD)
    for login in ("county", "township", "other_township"):
        assert units.get_visible_unit(world.actor(login), unit.id) is unit
    with pytest.raises(NotFound):
        units.get_visible_unit(world.actor("neighbour"), unit.id)
    with pytest.raises(NotFound):
        operations.update_unit(world.actor("township"), unit, version=None, name="改名", closed_on=None)
    operations.update_unit(world.actor("county"), unit, version=unit.version, name="县水务局", closed_on=None)
    with pytest.raises(DomainError):
        operations.update_unit(world.actor("county"), unit, version=None, name="县住建局", closed_on=None)
    assert queries.figures_of_unit(world.actor("county"), unit.id, DAY)["leads"] == 1
    assert queries.figures_of_unit(world.actor("other_township"), unit.id, DAY)["leads"] == 0
