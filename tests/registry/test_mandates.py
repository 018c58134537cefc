"""The roster: who is in office on a day, who sees whom, how a mandate changes."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from app.extensions import db
from app.kit.audit import acting_as, history_of, verify
from app.kit.errors import Conflict, DomainError, NotFound
from app.ledger.operations import reconcile
from app.registry import operations, queries
from app.registry.models import Mandate, Person
from app.registry.policy import LIST_DEPUTIES
from app.registry.states import EndReason, Level, MandateStanding, SuspensionReason
from tests.world import COUNTY, LINJIANG, QINGSHAN, World


def in_office_cards(on: date) -> set[str]:
    return set(db.session.scalars(select(Mandate.card_no).where(queries.in_office(on))))


@pytest.mark.usefixtures("session")
class TestInOffice:
    def test_a_mandate_counts_from_the_day_it_begins(self, world: World) -> None:
        assert "C001" not in in_office_cards(date(2021, 12, 27))
        assert "C001" in in_office_cards(date(2021, 12, 28))

    def test_it_no_longer_counts_on_the_day_it_ends(self, world: World) -> None:
        mandate = db.session.get_one(Mandate, world.mandates["C001"])
        operations.end_mandate(
            world.actor("county"),
            mandate,
            version=mandate.version,
            ended_on=date(2023, 5, 1),
            end_reason=EndReason.MOVED,
        )
        assert "C001" in in_office_cards(date(2023, 4, 30))
        assert "C001" not in in_office_cards(date(2023, 5, 1))

    def test_a_suspended_deputy_leaves_the_denominator_and_comes_back(self, world: World) -> None:
        mandate = db.session.get_one(Mandate, world.mandates["C002"])
        operations.suspend_mandate(
            world.actor("county"),
            mandate,
            reason=SuspensionReason.DETAINED,
            began_on=date(2023, 1, 1),
            ended_on=date(2023, 3, 1),
        )
        standings = {
            day: queries.standing_of(mandate, day)
            for day in (date(2022, 12, 31), date(2023, 1, 1), date(2023, 3, 1))
        }
        assert list(standings.values()) == [
            MandateStanding.IN_OFFICE,
            MandateStanding.SUSPENDED,
            MandateStanding.IN_OFFICE,
        ]
        for day, standing in standings.items():
            assert ("C002" in in_office_cards(day)) == (standing is MandateStanding.IN_OFFICE)

    def test_suspensions_do_not_overlap(self, world: World) -> None:
        mandate = db.session.get_one(Mandate, world.mandates["C002"])
        actor = world.actor("county")
        operations.suspend_mandate(
            actor, mandate, reason=SuspensionReason.DETAINED, began_on=date(2023, 1, 1), ended_on=None
        )
        with pytest.raises(DomainError, match="重叠"):
            operations.suspend_mandate(
                actor, mandate, reason=SuspensionReason.DETAINED, began_on=date(2023, 2, 1), ended_on=None
            )


@pytest.mark.usefixtures("session")
class TestChanging:
    def new(self, world: World, **changes: Any) -> Mandate:
        person = db.session.get_one(Person, world.persons["曾白露"])
        values: dict[str, Any] = {
            "area_code": QINGSHAN, "term_id": world.terms["岳湖县第十八届"], "elected_by": "第9选区", "card_no": "C009", "began_on": date(2022, 3, 1),
        }  # fmt: skip
        return operations.create_mandate(world.actor("county"), person, **{**values, **changes})

    def test_one_person_holds_mandates_at_several_levels_3_49(self, world: World) -> None:
        made = self.new(world)
        assert made.level is Level.COUNTY and made.office_code == COUNTY and made.scope_code == QINGSHAN
        assert {m.level for m in made.person.mandates} == {Level.COUNTY, Level.TOWNSHIP}

    def test_a_card_number_belongs_to_one_deputy_of_the_office(self, world: World) -> None:
        with pytest.raises(DomainError, match="陈秋禾") as refused:
            self.new(world, card_no="C001")
        assert refused.value.field == "card_no"

    def test_a_person_holds_one_running_mandate_in_a_term(self, world: World) -> None:
        self.new(world)
        with pytest.raises(DomainError, match="已有代表职务"):
            self.new(world, card_no="C010")

    def test_an_end_is_not_taken_back_once_the_seat_is_held_anew(self, world: World) -> None:
        first, actor = self.new(world), world.actor("county")
        ended: dict[str, Any] = {"ended_on": date(2023, 5, 1), "end_reason": EndReason.RESIGNED}
        operations.end_mandate(actor, first, version=first.version, **ended)
        again = self.new(world, card_no="C010", began_on=date(2023, 6, 1))
        with pytest.raises(DomainError, match="已有代表职务"):
            operations.resume_mandate(actor, first, version=first.version)
        operations.end_mandate(
            actor, again, version=again.version, ended_on=again.began_on, end_reason=EndReason.RESIGNED
        )
        with pytest.raises(Conflict):
            operations.resume_mandate(actor, first, version=first.version - 1)
        assert first.ended_on == date(2023, 5, 1)
        assert operations.resume_mandate(actor, first, version=first.version).ended_on is None

    def test_a_township_deputy_sits_in_a_township_of_the_term(self, world: World) -> None:
        with pytest.raises(DomainError) as refused:
            self.new(world, term_id=world.terms["临江镇第十九届"])
        assert refused.value.field == "area_code"

    def test_a_save_from_a_stale_form_is_refused(self, world: World) -> None:
        mandate = db.session.get_one(Mandate, world.mandates["T002"])
        actor, seen = world.actor("township"), mandate.version
        values: dict[str, Any] = {
            "area_code": LINJIANG,
            "elected_by": "第1选区",
            "card_no": "T002",
            "began_on": date(2021, 12, 28),
        }
        operations.update_mandate(actor, mandate, version=seen, **values, re_elected=True)
        with pytest.raises(Conflict):
            operations.update_mandate(actor, mandate, version=seen, **values, re_elected=False)

    def test_every_change_is_in_the_history_with_before_and_after(self, world: World) -> None:
        person = db.session.get_one(Person, world.persons["单立春"])
        with acting_as(world.actor("county")):
            operations.update_person(
                world.actor("county"), person, version=person.version, name="单立春", phone="13900000099"
            )
        event = history_of(db.session(), "person", person.id)[0]
        assert event.before == {"phone": "13900000002"} and event.after == {"phone": "13900000099"}
        assert event.actor_name == "县级人大工作人员"
        assert verify(db.session())[1] == []

    def test_the_neighbour_county_sees_and_changes_nothing(self, world: World) -> None:
        with pytest.raises(NotFound):
            queries.get_visible_mandate(world.actor("neighbour"), world.mandates["C001"])
        mandate = db.session.get_one(Mandate, world.mandates["C001"])
        with pytest.raises(NotFound):
            operations.end_mandate(
                world.actor("neighbour"),
                mandate,
                version=None,
                ended_on=date(2024, 1, 1),
                end_reason=EndReason.DIED,
            )

    def test_the_ledger_agrees_with_its_sources(self, world: World) -> None:
        assert reconcile() == []


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("秋禾", {"C001", "T001", "T004"}),
        ("单", {"C002"}),
        ("slc", {"C002"}),  # 单 is read Shan as a surname
        ("zbl", {"T003"}),  # 曾 is read Zeng
        ("xsj", {"S001"}),  # 解 is read Xie
        ("oyg", {"C003"}),
        ("ouyang", {"C003"}),
        ("C00", {"C001", "C002", "C003"}),
        ("13900000003", {"T002"}),
        ("龑", {"T002"}),
        ("没有这个人", set()),
    ],
)
@pytest.mark.usefixtures("session")
def test_a_deputy_is_found_by_name_pinyin_initials_card_or_phone(
    world: World, typed: str, found: set[str]
) -> None:
    statement = queries.select_visible_mandates(world.actor("county"), LIST_DEPUTIES)
    rows = db.session.scalars(statement.where(queries.search_person(typed))).all()
    assert {row.card_no for row in rows} == found
