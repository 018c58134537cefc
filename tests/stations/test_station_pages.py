"""Pages of stations, receptions and opinions: whose they are, what they mask, and that nothing typed is lost."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest

from app.extensions import db
from app.kit.audit import AuditEvent
from app.kit.database import set_reading
from app.stations import operations
from app.stations.models import Reception, Station
from tests.world import LINJIANG

NAME = "临江镇人大代表联络站"


@pytest.fixture
def records(world, app):
    """A reception of 陈秋禾 with an opinion of 李伟, and one opinion taken elsewhere."""
    with app.app_context():
        set_reading(False)
        county = world.actor("county")
        reception = operations.create_reception(
            county,
            station_id=world.stations[NAME],
            held_on=date(2024, 3, 15),
            mandate_ids=[world.mandates["C001"]],
            people_received=6,
        )
        opinion = operations.create_opinion(
            county, reception_id=reception.id, content="路灯不亮", topic="路灯",
            citizen_name="李伟", citizen_phone="13911112222",
        )  # fmt: skip
        other = operations.create_opinion(
            county, area_code=LINJIANG, received_on=date(2024, 3, 16), content="桥面破损"
        )
        made = {"reception": reception.id, "opinion": opinion.id, "other": other.id}
        db.session.commit()
        db.session.remove()
    return made


def test_lists_for_staff(sign_in, records):
    browser = sign_in("county")
    for address, seen in (
        ("/stations", NAME),
        ("/receptions", "JD20240001"),
        ("/opinions", "YJ20240001"),
        ("/stations/unassigned", "未进站 4 人"),
        (f"/receptions?station={NAME}", "陈秋禾"),
        ("/receptions?deputy=C001", "JD20240001"),
        ("/opinions?route=none&solved=0&closed=0", "YJ20240002"),
    ):
        answer = browser.get(address)
        assert answer.status_code == 200 and seen in answer.get_data(as_text=True), address
    assert "JD20240001" not in browser.get("/receptions?deputy=C002").get_data(as_text=True)


def test_a_deputy_sees_own_receptions_and_the_opinions_taken_there(sign_in, records):
    browser = sign_in("deputy")
    assert "JD20240001" in browser.get("/receptions").get_data(as_text=True)
    listed = browser.get("/opinions").get_data(as_text=True)
    assert "YJ20240001" in listed and "YJ20240002" not in listed
    assert browser.get(f"/opinions/{records['other']}").status_code == 404
    for address in (
        "/receptions/new",
        f"/receptions/{records['reception']}/edit",
        f"/opinions/{records['opinion']}/edit",
    ):
        assert browser.get(address).status_code == 403
    assert "JD20240001" not in sign_in("other_deputy").get("/receptions").get_data(as_text=True)


def test_another_township_finds_nothing(sign_in, records, world):
    browser = sign_in("other_township")
    for address in (
        f"/stations/{world.stations[NAME]}",
        f"/stations/{world.stations[NAME]}/edit",
        f"/receptions/{records['reception']}",
        f"/receptions/{records['reception']}/edit",
        f"/opinions/{records['opinion']}",
        f"/opinions/{records['opinion']}/edit",
        f"/opinions/new?reception={records['reception']}",
    ):
        assert browser.get(address).status_code == 404, address
    for address in (f"/receptions/{records['reception']}/delete", f"/opinions/{records['opinion']}/citizen"):
        assert browser.post(address).status_code == 404, address


def test_the_citizen_is_masked_until_somebody_looks_and_the_look_is_on_record(sign_in, records, app):
    browser = sign_in("township")
    address = f"/opinions/{records['opinion']}"
    page = browser.get(address).get_data(as_text=True)
    assert "李**" in page and "李伟" not in page and "13911112222" not in page
    assert "李伟" not in browser.get(f"{address}/edit").get_data(as_text=True)
    shown = browser.post(f"{address}/citizen").get_data(as_text=True)
    assert "李伟" in shown and "13911112222" in shown
    with app.app_context():
        tags = db.session.scalars(
            db.select(AuditEvent.tag).filter_by(subject_kind="opinion", subject_id=records["opinion"])
        ).all()
    assert tags.count("web:opinion:reveal") == 1
    assert sign_in("leader").post(f"{address}/citizen").status_code == 403
    assert "显示" not in sign_in("leader").get(address).get_data(as_text=True).split("反映人")[1][:600]


def test_an_export_holds_no_citizen(sign_in, records):
    content = sign_in("county").get("/opinions?format=xlsx").data
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    text = str([[cell.value for cell in row] for row in sheet.iter_rows()])
    assert "路灯不亮" in text and "李" not in text and "反映人" not in text


def test_entering_a_reception_and_an_opinion(sign_in, world):
    browser = sign_in("township")
    answer = browser.post(
        "/receptions/new",
        data={
            "station_id": world.stations[NAME],
            "held_on": "2024.5.15",
            "mandate_ids": [world.mandates["C001"], world.mandates["T002"]],
            "people_received": "3",
        },
    )
    assert answer.status_code == 303
    url = answer.headers["Location"]
    assert "龑小满" in browser.get(url).get_data(as_text=True)
    reception_id = url.rsplit("/", 1)[1]
    form = browser.get(f"/opinions/new?reception={reception_id}").get_data(as_text=True)
    assert 'name="station_id"' not in form and "2024-05-15" in form
    taken = browser.post(
        f"/opinions/new?reception={reception_id}", data={"received_on": "2024-05-15", "content": "水压不足"}
    )
    assert taken.status_code == 303
    assert "水压不足" in browser.get(url).get_data(as_text=True)


def test_a_refused_form_keeps_what_was_typed(sign_in, world):
    answer = sign_in("township").post(
        "/receptions/new",
        data={
            "station_id": world.stations[NAME],
            "held_on": "2099.5.15",
            "mandate_ids": [world.mandates["C001"]],
            "people_received": "3",
            "note": "别丢",
        },
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "别丢" in page and "陈秋禾" in page and "不能晚于今天" in page


def test_an_older_form_is_refused_with_its_text(sign_in, records, app):
    browser = sign_in("county")
    address = f"/opinions/{records['opinion']}/edit"
    data = {"version": "1", "received_on": "2024-03-15", "content": "路灯不亮了", "topic": "路灯"}
    assert browser.post(address, data=data).status_code == 303
    late = browser.post(address, data={**data, "content": "我的改动"})
    page = late.get_data(as_text=True)
    assert late.status_code == 422 and "我的改动" in page and "路灯不亮了" in page
    assert "李伟" not in page and "13911112222" not in page
    version = page.split('name="version" type="hidden" value="')[1].split('"')[0]
    again = browser.post(address, data={**data, "content": "我的改动", "version": version})
    assert again.status_code == 303


def test_assigning_everyone_of_the_township(sign_in, world, app):
    browser = sign_in("other_township")
    made = browser.post(
        "/stations/new", data={"name": "青山乡联络站", "kind": "township", "area_code": "999001102"}
    )
    url = made.headers["Location"]
    assert "3 名在任代表尚未进站" in browser.get(f"{url}/deputies/assign").get_data(as_text=True)
    assert (
        browser.post(
            f"{url}/deputies/assign", data={"all_unassigned": "y", "began_on": "2024-03-01"}
        ).status_code
        == 303
    )
    assert "曾白露" in browser.get(url).get_data(as_text=True)
    assert "未进站 0 人" in browser.get("/stations/unassigned").get_data(as_text=True)


def test_the_deputys_page_opens_to_the_lists(sign_in, records, world):
    page = sign_in("deputy").get(f"/persons/{world.persons['陈秋禾']}/work").get_data(as_text=True)
    assert f"/stations/{world.stations[NAME]}" in page
    assert "/receptions?deputy=C001" in page and "/opinions?deputy=C001" in page


def test_queries_do_not_grow_with_rows(sign_in, records, world, app, queries):
    browser = sign_in("county")
    addresses = (
        "/stations",
        "/receptions",
        "/opinions",
        "/stations/unassigned",
        f"/stations/{world.stations[NAME]}",
        f"/receptions/{records['reception']}",
    )

    def sent() -> list[int]:
        counts = []
        for address in addresses:
            browser.get(address)
            queries.clear()
            assert browser.get(address).status_code == 200
            counts.append(len(queries))
        return counts

    before = sent()
    with app.app_context():
        set_reading(False)
        county = world.actor("county")
        reception = db.session.get_one(Reception, records["reception"])
        for turn in range(12):
            operations.create_station(county, area_code=LINJIANG, name=f"站{turn}")
            operations.create_reception(
                county,
                station_id=world.stations[NAME],
                held_on=date(2024, 4, 15),
                mandate_ids=[world.mandates["C002"]],
            )
            operations.create_opinion(county, reception_id=reception.id, content=f"意见{turn}")
        operations.assign_deputies(
            county,
            db.session.get_one(Station, world.stations[NAME]),
            mandate_ids=[world.mandates["S001"]],
            began_on=date(2024, 1, 1),
        )
        operations.update_reception(
            county, reception, version=None, station_id=reception.station_id, held_on=reception.held_on,
            mandate_ids=[world.mandates[c] for c in ("C001", "C002", "T002")], people_received=6, note="", number="",
        )  # fmt: skip
        db.session.commit()
        db.session.remove()
    assert sent() == before
