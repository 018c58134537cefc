"""A deputy moves to another township: what waits for review goes along, what was confirmed stays."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select

from app.exchange.models import ImportBatch
from app.exchange.operations import undo_batch
from app.extensions import db
from app.kit.audit import acting_as
from app.kit.authorisation import operator
from app.ledger.models import DutyEntry
from app.ledger.operations import confirm_entries, report_entry
from app.ledger.queries import count_pending
from app.ledger.states import DutyKind
from app.registry import operations as registry
from app.registry.models import Mandate
from tests.commands import lvzhi
from tests.exchange.workbooks import roster, roster_row
from tests.world import BEGAN, LINJIANG, QINGSHAN, World


def _reported(world: World, day: int) -> DutyEntry:
    return report_entry(
        world.actor("deputy"),
        mandate_id=world.mandates["C001"],
        kind=DutyKind.VOTER_VISIT,
        happened_on=date(2024, 3, day),
    )


def _waiting(world: World) -> tuple[int, int]:
    return count_pending(world.actor("township")), count_pending(world.actor("other_township"))


def test_a_corrected_mandate_takes_its_open_reports_along(session: Any, world: World) -> None:
    confirmed, _open = _reported(world, 1), _reported(world, 2)
    confirm_entries(world.actor("township"), [confirmed.id])
    assert _waiting(world) == (1, 0)
    registry.update_mandate(
        world.actor("county"),
        session.get_one(Mandate, world.mandates["C001"]),
        version=None,
        area_code=QINGSHAN,
        elected_by="第9选区",
        card_no="C001",
        began_on=BEGAN,
    )
    assert _waiting(world) == (0, 1)
    assert confirmed.scope_code == LINJIANG


def test_so_does_a_roster_and_its_undo_brings_them_back(app: Flask, world: World, tmp_path: Path) -> None:
    with app.app_context(), acting_as(operator("tests")):
        _reported(world, 1)
        db.session.commit()
        db.session.remove()
    row = roster_row(
        "C001", "陈秋禾", 代表层级="县", 届次="岳湖县第十八届", 所在乡镇="青山乡", 手机号码="13900000001", 出生年月="1976.04"
    )  # fmt: skip
    answer = lvzhi(app, "import", roster(tmp_path / "名册.xlsx", row), "--area", "999001", "--json")
    assert answer.code == 0, answer.output
    with app.app_context(), acting_as(operator("tests")):
        assert _waiting(world) == (0, 1)
        undo_batch(operator("tests"), db.session.scalars(select(ImportBatch)).one())
        assert _waiting(world) == (1, 0)
        db.session.remove()
