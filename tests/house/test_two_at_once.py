"""Two clerks enter at the same moment what may be there once: the second waits, sees the first's, is refused."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask

from app.accounts.operations import users
from app.extensions import db
from app.groups import operations as groups
from app.groups.models import DeputyGroup
from app.groups.states import GroupRole
from app.kit.audit import acting_as
from app.kit.authorisation import Grant, Role
from app.kit.errors import DomainError
from app.registry import operations as registry
from app.registry.models import Mandate, Person
from app.registry.states import SuspensionReason
from tests.world import LINJIANG, QINGSHAN, World

DAY = date(2023, 1, 1)


def _mandate(world: World, who: str) -> None:
    registry.create_mandate(
        world.actor("county"),
        db.session.get_one(Person, world.persons["曾白露"]),
        area_code=QINGSHAN,
        term_id=world.terms["岳湖县第十八届"],
        elected_by="第9选区",
        card_no=f"C10{who}",
        began_on=DAY,
    )


def _suspension(world: World, _who: str) -> None:
    mandate = db.session.get_one(Mandate, world.mandates["C002"])
    list(mandate.suspensions)  # what the page has read before the check
    registry.suspend_mandate(
        world.actor("county"), mandate, reason=SuspensionReason.DETAINED, began_on=DAY, ended_on=None
    )


def _account(world: World, who: str) -> None:
    person_id = world.persons["单立春"]
    grants = [Grant(Role.DEPUTY, LINJIANG)]
    users.create_user(
        world.actor("secadmin"), login=f"shan{who}", name="单立春", grants=grants, person_id=person_id
    )


def _leader(world: World, who: str) -> None:
    groups.create_post(
        world.actor("county"),
        db.session.get_one(DeputyGroup, world.groups["第1代表小组"]),
        role=GroupRole.LEADER,
        mandate_id=world.mandates[f"C00{who}"],
        began_on=DAY,
    )


@pytest.mark.parametrize(
    ("enter", "refusal"),
    [(_mandate, "已有代表职务"), (_suspension, "重叠"), (_account, "已有账号"), (_leader, "陈秋禾")],
)
def test_the_second_is_refused(
    app: Flask, world: World, enter: Callable[[World, str], None], refusal: str
) -> None:
    refused: list[Exception] = []

    def second() -> None:
        with app.app_context():
            try:
                with acting_as(world.actor("county")):
                    enter(world, "2")
                    db.session.commit()
            except Exception as error:
                refused.append(error)
            finally:
                db.session.remove()

    late = threading.Thread(target=second)
    with app.app_context(), acting_as(world.actor("county")):
        enter(world, "1")
        late.start()
        late.join(0.7)
        assert late.is_alive(), "the second waits for the first"
        db.session.commit()
        db.session.remove()
    late.join(20)
    assert [type(error) for error in refused] == [DomainError]
    assert refusal in str(refused[0])
