"""Excellent suggestions (2-30) and the booklet of a year (4-18)."""

from __future__ import annotations

import io
from datetime import date

import pytest
from docx import Document

from app.extensions import db
from app.kit import clock
from app.kit.database import set_reading
from app.kit.errors import DomainError
from app.suggestions.models import ExcellentSuggestion, SuggestionReply
from app.suggestions.operations import excellence as operations
from app.suggestions.states import (
    ExcellenceKind,
    ReplyClass,
    ReplyState,
    Satisfaction,
    SuggestionState,
)
from tests.suggestions.building import build

S = SuggestionState


def test_only_ended_ones_and_each_once_a_year(world, session):
    """2-30."""
    actor, year = world.actor("county"), clock.today().year
    made = build(world, S.CONCLUDED)
    operations.select_excellent(actor, made, kind=ExcellenceKind.WELL_MADE, year=year)
    with pytest.raises(DomainError, match="已经入选"):
        operations.select_excellent(actor, made, kind=ExcellenceKind.WELL_MADE, year=year)
    operations.select_excellent(actor, made, kind=ExcellenceKind.WELL_SUPERVISED, year=year)
    with pytest.raises(DomainError, match="办结以后"):
        operations.select_excellent(actor, build(world, S.REPLIED), kind=ExcellenceKind.WELL_MADE, year=year)
    with pytest.raises(DomainError, match="评选年份"):
        operations.select_excellent(actor, made, kind=ExcellenceKind.WELL_HANDLED, year=year + 1)
    assert operations.select_many(actor, [made], kind=ExcellenceKind.WELL_MADE, year=year) == 0


@pytest.fixture
def ended(world, app):
    """A well made one with its letter, one the deputy is dissatisfied with, a confidential one."""
    with app.app_context():
        set_reading(False)
        good = build(world, S.CONCLUDED, title="关于修复灌渠的建议", raised_on=date(clock.today().year, 1, 2))
        bad = build(world, S.CONCLUDED, lead="C002", satisfaction=Satisfaction.DISSATISFIED)
        secret = build(world, S.CONCLUDED, title="不宜公开的建议", confidential=True)
        part = good.units[0]
        letter = SuggestionReply(
            suggestion=good, suggestion_unit=part, unit_id=part.unit_id, state=ReplyState.SIGNED,
            reply_class=ReplyClass.A, body="渠壁已经修补完工。",
        )  # fmt: skip
        db.session.add(letter)
        ids = {"good": good.id, "bad": bad.id, "secret": secret.id}
        db.session.commit()
        db.session.remove()
    return ids


def test_candidates_are_selected_and_make_the_booklet(sign_in, ended, app):
    """2-30: candidates; 4-18: the volume with text, reply and reason, without what is confidential."""
    browser = sign_in("county")
    page = browser.get("/suggestions/excellent/candidates").get_data(as_text=True)
    assert f'/suggestions/{ended["good"]}"' in page and f'/suggestions/{ended["bad"]}"' not in page
    ids = list(ended.values())
    chosen = browser.post("/suggestions/excellent/candidates/select?kind=well_made", data={"ids": ids})
    assert chosen.status_code == 303
    with app.app_context():
        rows = {row.suggestion_id: row.id for row in db.session.query(ExcellentSuggestion)}
    assert set(rows) == {ended["good"], ended["secret"]}
    one = f"/suggestions/excellent/{rows[ended['good']]}"
    assert browser.post(f"{one}/edit", data={"reason": "调研扎实"}).status_code == 303
    assert "调研扎实" in sign_in("leader").get(one).get_data(as_text=True)
    year = clock.today().year
    answer = sign_in("leader").get(f"/suggestions/excellent/booklet?year={year}&format=docx")
    booklet = Document(io.BytesIO(answer.data))
    cells = [cell.text for table in booklet.tables for row in table.rows for cell in row.cells]
    text = "\n".join([*(paragraph.text for paragraph in booklet.paragraphs), *cells])
    for printed in ("修复灌渠", "提得好", "三百亩水田", "渠壁已经修补完工", "调研扎实", "陈秋禾"):
        assert printed in text, printed
    assert "不宜公开的建议" not in text
    pdf = browser.get(f"/suggestions/excellent/booklet?year={year}&format=pdf")
    assert pdf.data[:5] == b"%PDF-"
    assert "优秀建议" in sign_in("deputy").get(f"/suggestions/{ended['good']}").get_data(as_text=True)
    assert browser.post(f"{one}/remove").status_code == 303
    assert browser.get(one).status_code == 404


@pytest.mark.sqlite_only
@pytest.mark.parametrize(("login", "status"), [("other_township", 404), ("leader", 403), ("unit", 403)])
def test_whose_selection_it_is(sign_in, ended, login, status):
    browser = sign_in(login)
    data = {"kind": "well_made", "year": str(clock.today().year)}
    assert browser.post(f"/suggestions/{ended['good']}/excellent", data=data).status_code == status
