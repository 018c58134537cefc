"""Undoing tells the trail of details that an import had removed and that are there again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select

from app.exchange.models import ImportBatch
from app.exchange.operations import undo_batch
from app.extensions import db
from app.kit.audit import history_of, verify
from app.kit.authorisation import operator
from app.suggestions.models import Cosigner, Suggestion
from tests.commands import lvzhi
from tests.exchange.workbooks import save
from tests.world import COUNTY, World

HEADING = ("建议编号", "建议标题", "领衔代表证号", "领衔代表", "提出日期", "附议代表证号")


def _import(app: Flask, tmp_path: Path, cosigners: str) -> None:
    row: list[Any] = ["JY20230001", "修路的建议", "T003", "曾白露", "2023-01-07", cosigners]
    path = save(tmp_path / "建议.xlsx", ("建议", [HEADING, row]))
    assert lvzhi(app, "import", path, "--area", COUNTY).code == 0


def test_a_cosigner_put_back_shows_in_the_suggestions_history(
    app: Flask, world: World, tmp_path: Path
) -> None:
    _import(app, tmp_path, "T001")
    _import(app, tmp_path, "T002")
    with app.app_context():
        last = db.session.scalars(select(ImportBatch).order_by(ImportBatch.id.desc())).first()
        assert last is not None
        undo_batch(operator("王工"), last)
        db.session.commit()
        assert list(db.session.scalars(select(Cosigner.mandate_id))) == [world.mandates["T001"]]
        suggestion = db.session.scalars(select(Suggestion)).one()
        back = [e for e in history_of(db.session(), "suggestion", suggestion.id) if e.tag.startswith("undo:")]
        assert [(e.tag, (e.after or {})["mandate_id"]) for e in back] == [
            ("undo:suggestion:update", world.mandates["T001"])
        ]
        assert verify(db.session())[1] == []
        db.session.remove()
