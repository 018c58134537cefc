"""The import wizard: upload, recognise, preview, put right, answer, confirm, undo."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.exchange.models import HeadingChoice, ImportBatch, ImportChange
from app.exchange.states import BatchState
from app.extensions import db
from app.groups.models import GroupMembership
from app.kit.audit import AuditEvent, verify
from app.ledger.models import DutyEntry, DutyRecord
from app.ledger.operations import reconcile
from app.registry.models import Mandate, Person
from app.stations.models import Station
from tests.exchange.workbooks import roster, roster_row, save
from tests.world import COUNTY, LINJIANG, World

SignIn = Callable[[str], FlaskClient]


def _upload(browser: FlaskClient, *paths: Path, area: str = COUNTY) -> int:
    files = [(path.open("rb"), path.name) for path in paths]
    answer = browser.post("/imports/new", data={"area_code": area, "files": files})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    found = re.search(r"/imports/(\d+)", answer.location)
    assert found is not None
    return int(found[1])


def _batch(app: Flask, batch_id: int) -> dict[str, Any]:
    with app.app_context():
        batch = db.session.get_one(ImportBatch, batch_id)
        row = {column.key: getattr(batch, column.key) for column in ImportBatch.__table__.columns}
        db.session.remove()
    return row


def _count(app: Flask, model: Any, *where: Any) -> int:
    with app.app_context():
        found = db.session.scalar(select(func.count()).select_from(model).where(*where)) or 0
        db.session.remove()
    return found


def _page(browser: FlaskClient, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, answer.get_data(as_text=True)[:2000]
    return answer.get_data(as_text=True)


def test_a_roster_with_wrong_rows_is_mended_in_place_and_imported(
    app: Flask, world: World, sign_in: SignIn, tmp_path: Path
) -> None:
    browser = sign_in("county")
    path = roster(
        tmp_path / "名册.xlsx",
        roster_row("T101", "王立夏"),
        roster_row("T102", "赵小满", 是否连任="也许"),
        roster_row("T103", "钱芒种", 手机号码="12"),
    )
    number = _upload(browser, path)
    batch = _batch(app, number)
    assert (batch["state"], batch["created"], batch["wrong"]) == (BatchState.PREVIEWED, 1, 2)
    assert _count(app, Mandate, Mandate.card_no == "T101") == 0
    page = _page(browser, f"/imports/{number}")
    assert "代表名册" in page and "跳过有误的 2 行" in page
    rows = _page(browser, f"/imports/{number}/sheets/0.0")
    assert 'name="cell-5-re_elected"' in rows and 'value="也许"' in rows

    refused = browser.post(f"/imports/{number}/confirm")
    assert refused.status_code == 422
    answer = browser.post(
        f"/imports/{number}/sheets/0.0", data={"cell-5-re_elected": "是", "cell-6-phone": "13812340000"}
    )
    assert answer.status_code == 303
    assert _batch(app, number)["wrong"] == 0
    assert browser.post(f"/imports/{number}/confirm").status_code == 303
    batch = _batch(app, number)
    assert (batch["state"], batch["created"]) == (BatchState.DONE, 3)
    with app.app_context():
        phone = db.session.scalar(select(Person.phone).where(Person.name == "钱芒种"))
        assert phone == "13812340000"
        assert verify(db.session())[1] == []
        db.session.remove()
    rows = _page(browser, f"/imports/{number}/sheets/0.0?outcome=new")
    assert re.search(r'href="/deputies/\d+"', rows)
    assert _page(browser, "/imports/").count("名册.xlsx") >= 1


def test_an_unknown_heading_is_mapped_by_hand_and_remembered(
    app: Flask, world: World, sign_in: SignIn, tmp_path: Path
) -> None:
    browser = sign_in("county")
    sheet = (
        "走访",
        [["走了哪天", "证号", "姓名", "事项", "数量"], ["2023-03-01", "T002", "龑小满", "走访选民", 4]],
    )
    number = _upload(browser, save(tmp_path / "走访.xlsx", sheet))
    assert _batch(app, number)["preview"]["sheets"][0]["kind"] is None
    page = _page(browser, f"/imports/{number}")
    assert "走了哪天" in page and "缺少：日期" in page
    fields = {"sheet": "0.0", "kind": "entries", "heading-走了哪天": "happened_on"}
    assert browser.post(f"/imports/{number}/headings", data=fields).status_code == 303
    assert _batch(app, number)["created"] == 1
    again = _upload(browser, save(tmp_path / "走访二.xlsx", sheet))
    assert _batch(app, again)["preview"]["sheets"][0]["kind"] == "entries"
    assert _count(app, HeadingChoice) == 1


def test_a_doubtful_person_is_asked_not_guessed(
    app: Flask, world: World, sign_in: SignIn, tmp_path: Path
) -> None:
    browser = sign_in("county")
    path = roster(
        tmp_path / "名册.xlsx",
        roster_row("T201", "龑小满", 出生年月="1970.01", 手机号码="13900000003", 性别="男"),
    )
    number = _upload(browser, path)
    page = _page(browser, f"/imports/{number}/sheets/0.0")
    assert "是同一人吗" in page
    persons = _count(app, Person)
    browser.post(f"/imports/{number}/sheets/0.0", data={"answer-4": "different"})
    assert _batch(app, number)["created"] == 1
    browser.post(f"/imports/{number}/confirm")
    assert _count(app, Person) == persons + 1

    second = roster(
        tmp_path / "名册二.xlsx",
        roster_row("T202", "解霜降", 出生年月="1971-10-23", 手机号码="13911111111", 性别="男"),
    )
    number = _upload(browser, second)
    page = _page(browser, f"/imports/{number}/sheets/0.0")
    answer = re.search(r'name="answer-4" value="([0-9a-f]{12})"', page)
    assert answer is not None
    browser.post(f"/imports/{number}/sheets/0.0", data={"answer-4": answer[1]})
    browser.post(f"/imports/{number}/confirm")
    assert _count(app, Person) == persons + 1
    assert _count(app, Mandate, Mandate.person_id == world.persons["解霜降"]) == 2


def _everything(app: Flask, *without: str) -> dict[str, list[Any]]:
    skipped = {
        "audit_event",
        "audit_chain",
        "job",
        "once_token",
        "import_batch",
        "login_session",
        "user",
        *without,
    }
    with app.app_context():
        content = {
            table.name: [
                {key: value for key, value in row.items() if key not in ("updated_at", "version")}
                for row in db.session.execute(select(table).order_by(*table.primary_key)).mappings()
            ]
            for table in db.metadata.sorted_tables
            if table.name not in skipped
        }
        db.session.remove()
    return content


def test_undo_leaves_everything_as_before(app: Flask, world: World, sign_in: SignIn, tmp_path: Path) -> None:
    browser = sign_in("county")
    before = _everything(app)
    roster_path = roster(
        tmp_path / "名册.xlsx",
        roster_row("T301", "王立秋"),
        roster_row("T002", "龑小满", 出生年月="1988-02-03", 手机号码="13900000003", 性别="男", 是否连任="是"),
    )
    visits = [["日期", "代表证号", "姓名", "事项", "数量"], ["2023-03-01", "T002", "龑小满", "走访选民", 4]]
    visits.append(["2023-03-02", "T301", "王立秋", "走访选民", 5])
    path = save(tmp_path / "走访.xlsx", ("走访", visits))
    number = _upload(browser, roster_path, path)
    assert _batch(app, number)["wrong"] == 0
    browser.post(f"/imports/{number}/confirm")
    assert _batch(app, number)["state"] is BatchState.DONE
    assert _count(app, DutyRecord) == 2
    assert _count(app, Mandate, Mandate.card_no == "T002", Mandate.re_elected) == 1
    assert _count(app, GroupMembership, GroupMembership.mandate_id == world.mandates["T002"]) == 2

    assert browser.post(f"/imports/{number}/undo").status_code == 303
    batch = _batch(app, number)
    assert batch["state"] is BatchState.UNDONE, batch["message"]
    assert _everything(app) == before
    with app.app_context():
        assert reconcile() == []
        assert verify(db.session())[1] == []
        tags = set(db.session.scalars(select(AuditEvent.tag).where(AuditEvent.tag.startswith("undo:"))))
        db.session.remove()
    assert {"undo:mandate:delete", "undo:mandate:update", "undo:duty_entry:delete"} <= tags
    assert not (Path(app.config["DATA_DIR"]) / "imports" / str(number)).exists()


def test_undo_is_refused_while_something_rests_on_the_batch(
    app: Flask, world: World, sign_in: SignIn, tmp_path: Path
) -> None:
    browser = sign_in("county")
    first = _upload(browser, roster(tmp_path / "名册.xlsx", roster_row("T401", "王处暑")))
    browser.post(f"/imports/{first}/confirm")
    visits = [["日期", "代表证号", "姓名", "事项", "数量"], ["2023-03-01", "T401", "王处暑", "走访选民", 4]]
    second = _upload(browser, save(tmp_path / "走访.xlsx", ("走访", visits)))
    browser.post(f"/imports/{second}/confirm")
    browser.post(f"/imports/{first}/undo")
    batch = _batch(app, first)
    assert batch["state"] is BatchState.DONE
    assert "不能撤销" in batch["message"] and "履职登记" in batch["message"]
    assert "不能撤销" in _page(browser, f"/imports/{first}")

    browser.post(f"/imports/{second}/undo")
    assert _batch(app, second)["state"] is BatchState.UNDONE
    with app.app_context():
        person = db.session.scalar(select(Person).where(Person.name == "王处暑"))
        assert person is not None
        person.phone = "13700000000"
        db.session.commit()
        db.session.remove()
    browser.post(f"/imports/{first}/undo")
    assert "又有 1 条代表基本情况被改动过（王处暑）" in _batch(app, first)["message"]
    assert _count(app, Mandate, Mandate.card_no == "T401") == 1


def test_the_marked_workbook_comes_back_and_reads_again(
    app: Flask, world: World, sign_in: SignIn, tmp_path: Path
) -> None:
    browser = sign_in("county")
    path = roster(tmp_path / "名册.xlsx", roster_row("T501", "王白露"), roster_row("T502", "", 性别="男"))
    number = _upload(browser, path)
    for query in ("", "?only=wrong"):
        answer = browser.get(f"/imports/{number}/marked.xlsx{query}")
        assert answer.status_code == 200
        returned = tmp_path / f"含错误的{len(query)}.xlsx"
        returned.write_bytes(answer.data)
        again = _upload(browser, returned)
        batch = _batch(app, again)
        assert (batch["wrong"], batch["created"]) == (1, 0 if query else 1)


def test_a_township_clerk_imports_for_the_township_only(
    app: Flask, world: World, sign_in: SignIn, tmp_path: Path
) -> None:
    browser = sign_in("township")
    path = roster(
        tmp_path / "名册.xlsx",
        roster_row("T601", "王寒露"),
        roster_row(
            "T602",
            "李霜降",
            所在乡镇="青山乡",
            届次="青山乡第十九届",
            **{"选区（选举单位）": "青山乡第1选区"},
        ),
    )
    number = _upload(browser, path, area=LINJIANG)
    batch = _batch(app, number)
    assert (batch["created"], batch["wrong"]) == (1, 1)
    assert "不在您的管理范围内" in _page(browser, f"/imports/{number}/sheets/0.0")
    assert sign_in("other_township").get(f"/imports/{number}").status_code == 404
    assert sign_in("county").get(f"/imports/{number}").status_code == 200
    assert sign_in("leader").get(f"/imports/{number}").status_code == 403
    refused = browser.post("/imports/new", data={"area_code": COUNTY, "files": [(path.open("rb"), "a.xlsx")]})
    assert refused.status_code == 422


def test_a_hostile_file_is_refused_and_nothing_is_kept(
    app: Flask, world: World, sign_in: SignIn, tmp_path: Path
) -> None:
    browser = sign_in("county")
    path = tmp_path / "照片.xlsx"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"0" * 100)
    answer = browser.post("/imports/new", data={"area_code": COUNTY, "files": [(path.open("rb"), path.name)]})
    assert answer.status_code == 422
    assert "不是 Excel 工作簿" in answer.get_data(as_text=True)
    assert _count(app, ImportBatch) == 0


@pytest.mark.parametrize(
    "kind",
    ["roster", "stations", "groups", "posts", "duty_reports", "activities", "attendance", "receptions", "opinions", "entries",
     "suggestions"],
)  # fmt: skip
def test_templates_are_recognised_again(
    app: Flask, world: World, sign_in: SignIn, tmp_path: Path, kind: str
) -> None:
    browser = sign_in("county")
    answer = browser.get(f"/imports/templates/{kind}.xlsx")
    assert answer.status_code == 200
    path = tmp_path / "模板.xlsx"
    path.write_bytes(answer.data)
    number = _upload(browser, path)
    assert _batch(app, number)["preview"]["sheets"][0]["kind"] == kind
    assert "没有填写内容" in _page(browser, f"/imports/{number}")


def test_wrong_rows_may_be_skipped_and_the_sheet_left_out(
    app: Flask, world: World, sign_in: SignIn, tmp_path: Path
) -> None:
    browser = sign_in("county")
    number = _upload(
        browser, roster(tmp_path / "名册.xlsx", roster_row("T701", "王立冬"), roster_row("T702", ""))
    )
    browser.post(f"/imports/{number}/headings", data={"sheet": "0.0", "kind": "roster", "skip": "1"})
    assert _batch(app, number)["created"] == 0
    browser.post(f"/imports/{number}/headings", data={"sheet": "0.0", "kind": "roster"})
    browser.post(f"/imports/{number}/confirm", data={"skip_bad_rows": "1"})
    assert _batch(app, number)["state"] is BatchState.DONE
    assert _count(app, Mandate, Mandate.card_no == "T701") == 1
    assert _count(app, Station, Station.name == "临江镇第2联络站") == 1
    assert _count(app, ImportChange) == 0
    assert _count(app, DutyEntry) == 0


def test_a_batch_is_given_up(app: Flask, world: World, sign_in: SignIn, tmp_path: Path) -> None:
    browser = sign_in("county")
    number = _upload(browser, roster(tmp_path / "名册.xlsx", roster_row("T801", "王小雪")))
    assert browser.post(f"/imports/{number}/discard").status_code == 303
    assert _batch(app, number)["state"] is BatchState.FAILED
    assert browser.post(f"/imports/{number}/confirm").status_code in (409, 422)
    assert _count(app, Mandate, Mandate.card_no == "T801") == 0


@pytest.mark.parametrize(
    ("heading", "value", "sentence", "badge"),
    [
        ("姓名", "王立夏", "没有可以导入的行：1 行全部有误", "有误待改"),
        ("记号", "甲", "没有认出可以导入的表", "没有可以导入的内容"),
    ],
)
def test_a_batch_with_nothing_to_confirm_says_why_and_waits_for_nobody(
    app: Flask,
    world: World,
    sign_in: SignIn,
    tmp_path: Path,
    heading: str,
    value: str,
    sentence: str,
    badge: str,
) -> None:
    browser = sign_in("county")
    path = tmp_path / "名册.xlsx"
    if heading == "姓名":
        roster(path, roster_row("T102", value, 是否连任="也许"))
    else:
        save(path, ("表", [[heading, "数"], [value, 1]]))
    number = _upload(browser, path)
    page = _page(browser, f"/imports/{number}")
    assert sentence in page and badge in page and "待确认" not in page
    assert "没有新增或更新的内容" not in page
    refused = browser.post(f"/imports/{number}/confirm", data={"skip_bad_rows": "1"})
    assert refused.status_code == 422 and sentence in refused.get_data(as_text=True)
    assert "等待确认" not in _page(browser, "/")
