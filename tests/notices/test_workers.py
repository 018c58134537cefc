"""3-11 with real processes: two workers at once, one of them killed in the middle."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.extensions import db
from app.kit.database import set_reading
from app.notices.models import NoticeDelivery
from app.notices.operations import tell
from app.notices.states import DeliveryState, NoticeKind
from app.registry.models import Person
from tests.notices.sink import Sink
from tests.world import LINJIANG, World

ROOT = Path(__file__).parents[2]
OCCASIONS = 8


def _tell_everybody(app: Flask, world: World) -> int:
    with app.app_context():
        set_reading(False)
        ids = sorted(world.persons.values())
        for person_id in ids:
            db.session.get_one(Person, person_id).email = f"p{person_id}@lvzhi.test"
        for n in range(OCCASIONS):
            kind = NoticeKind.RECEPTION_EARLY
            tell(key=f"day:{n}", kind=kind, area_code=LINJIANG, person_ids=ids, title=f"第{n}次")
        db.session.commit()
        db.session.remove()
    return len(ids) * OCCASIONS


def _start(app: Flask, sink: Sink) -> subprocess.Popen[bytes]:
    url, folder = app.config["SQLALCHEMY_DATABASE_URI"], str(app.config["DATA_DIR"])
    return subprocess.Popen([sys.executable, "-m", "tests.notices.worker", url, folder, sink.url], cwd=ROOT)


def _ends(app: Flask) -> dict[DeliveryState, int]:
    with app.app_context():
        wanted = select(NoticeDelivery.state, func.count()).group_by(NoticeDelivery.state)
        ends: dict[DeliveryState, int] = {row[0]: row[1] for row in db.session.execute(wanted)}
        db.session.remove()
    return ends


@pytest.mark.parametrize("killed", [False, True], ids=["left in peace", "one killed"])
def test_3_11_two_workers_send_each_mail_once(app: Flask, world: World, sink: Sink, killed: bool) -> None:
    count = _tell_everybody(app, world)
    sink.delay = 0.02
    workers = [_start(app, sink), _start(app, sink)]
    if killed:
        deadline = time.monotonic() + 90
        while len(sink.taken) < count // 4 and time.monotonic() < deadline:
            time.sleep(0.01)
        workers[0].kill()
        workers[0].wait(timeout=30)
        workers[0] = _start(app, sink)
    for worker in workers:
        assert worker.wait(timeout=150) == 0
    got = [(str(message["To"]), str(message["Subject"])) for message in sink.taken]
    ends = _ends(app)
    assert len(got) == len(set(got))
    if killed:
        # At most the one message the killed worker had in its hands is not accounted for.
        assert len(got) >= count - 1
        assert ends.get(DeliveryState.SENT, 0) >= count - 1
        assert set(ends) <= {DeliveryState.SENT, DeliveryState.UNKNOWN}
    else:
        assert len(got) == count
        assert ends == {DeliveryState.SENT: count}
