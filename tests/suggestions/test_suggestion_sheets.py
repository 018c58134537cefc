"""Workbooks of suggestions meet what is already there: handled in the system, or given to another unit."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.exchange.models import ImportBatch
from app.exchange.operations import undo_batch
from app.extensions import db
from app.kit import clock
from app.kit.authorisation import operator
from app.registry.models import Mandate
from app.suggestions.models import Cosigner, Suggestion, SuggestionClock, SuggestionUnit
from app.suggestions.states import CosignState, HandlingState, SuggestionState
from tests.commands import Answer, lvzhi
from tests.exchange.workbooks import save
from tests.suggestions.building import build
from tests.world import COUNTY, UNITS, World

HEADING = (
    "建议编号", "建议标题", "领衔代表证号", "领衔代表", "提出日期", "附议代表证号", "主办单位", "交办日期",
    "答复日期", "代表评价",
)  # fmt: skip


def _import(app: Flask, tmp_path: Path, *row: Any) -> Answer:
    path = save(tmp_path / "建议.xlsx", ("建议", [HEADING, list(row)]))
    return lvzhi(app, "import", path, "--area", COUNTY)


def _lead(world: World) -> tuple[str, str]:
    mandate = db.session.get_one(Mandate, world.mandates["C001"])
    return mandate.card_no or "", mandate.person.name


@pytest.mark.parametrize(
    ("cells", "taken"),
    [
        (("", "", "", "", ""), True),
        (("", UNITS[0], "", "", ""), True),
        (("", UNITS[1], "", "", ""), False),
        (("", "", "", "today", ""), False),
        (("", "", "", "", "满意"), False),
    ],
)
def test_a_sheet_corrects_words_but_not_steps(
    app: Flask, world: World, tmp_path: Path, cells: tuple[str, ...], taken: bool
) -> None:
    with app.app_context():
        made = build(world, SuggestionState.ASSIGNED)
        db.session.commit()
        number, on, identity = made.number, made.raised_on.isoformat(), made.id
        card, name = _lead(world)
        db.session.remove()
    today = clock.today().isoformat()
    told = [today if cell == "today" else cell for cell in cells]
    assert (_import(app, tmp_path, number, "改过的标题", card, name, on, *told).code == 0) is taken
    with app.app_context():
        after = db.session.get_one(Suggestion, identity)
        assert (after.title == "改过的标题") is taken
        assert (after.state, after.replied_on, after.satisfaction) == (SuggestionState.ASSIGNED, None, None)
        assert [(part.unit.name, part.state) for part in after.units] == [(UNITS[0], HandlingState.SIGNED)]
        db.session.remove()


def test_undo_gives_a_suggestion_back_to_its_unit(app: Flask, world: World, tmp_path: Path) -> None:
    with app.app_context():
        card, name = _lead(world)
        db.session.remove()
    day = (clock.today() - timedelta(days=200)).isoformat()
    row = ("JY1", "关于修路的建议", card, name, day, "C002")
    assert _import(app, tmp_path, *row, UNITS[0], day, "", "").code == 0
    with app.app_context():
        # What the office had noted about the unit that had it, and how a colleague had answered.
        db.session.scalars(select(SuggestionUnit)).one().task = "修路基"
        at = db.session.scalars(select(Cosigner)).one().answered_at = clock.now()
        db.session.commit()
        db.session.remove()
    assert _import(app, tmp_path, *row[:-1], "C003", UNITS[1], day, "", "").code == 0
    with app.app_context():
        last = db.session.scalars(select(ImportBatch).order_by(ImportBatch.id.desc())).first()
        assert last is not None
        undo_batch(operator("王工"), last)
        db.session.commit()
        db.session.expire_all()
        part = db.session.scalars(select(SuggestionUnit)).one()
        assert (part.unit.name, part.state, part.task) == (UNITS[0], HandlingState.SIGNED, "修路基")
        assert db.session.scalars(select(SuggestionClock.suggestion_unit_id)).all() == [part.id]
        signed = db.session.scalars(select(Cosigner)).one()
        assert (signed.mandate_id, signed.answered_at) == (world.mandates["C002"], at)
        db.session.remove()


def test_a_sheet_confirms_who_had_not_signed(app: Flask, world: World, tmp_path: Path) -> None:
    with app.app_context():
        made = build(world, SuggestionState.ACCEPTED)
        for card, state in (("C002", CosignState.DECLINED), ("C003", CosignState.INVITED)):
            made.cosigners.append(Cosigner(mandate_id=world.mandates[card], state=state))
        db.session.commit()
        number, title, on = made.number, made.title, made.raised_on.isoformat()
        card, name = _lead(world)
        db.session.remove()
    assert _import(app, tmp_path, number, title, card, name, on, "C002", "", "", "", "").code == 0
    with app.app_context():
        states = dict(db.session.execute(select(Cosigner.mandate_id, Cosigner.state)).all())
        assert states == {
            world.mandates["C002"]: CosignState.CONFIRMED,
            world.mandates["C003"]: CosignState.INVITED,
        }
        db.session.remove()
