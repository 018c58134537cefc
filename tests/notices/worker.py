"""A worker that sends what waits until nothing does.

Run as ``python -m tests.notices.worker URL FOLDER SMTP_URL``.
"""

from __future__ import annotations

import sys
from pathlib import Path

from sqlalchemy import func, select

from app import create_app
from app.extensions import db
from app.notices import sending
from app.notices.models import NoticeDelivery
from app.notices.states import DeliveryState


def main(url: str, folder: str, smtp: str) -> None:
    """Starts as the worker of ``lvzhi serve`` does, then sends round after round."""
    app = create_app(
        {
            "SQLALCHEMY_DATABASE_URI": url,
            "DATA_DIR": Path(folder),
            "SECRET_KEY": "tests",
            "SMTP_URL": smtp,
            "MAIL_FROM": "office@lvzhi.test",
        }
    )
    with app.app_context():
        sending.lose_interrupted()
        waiting = select(func.count()).where(NoticeDelivery.state == DeliveryState.WAITING)
        while db.session.scalar(waiting):
            db.session.rollback()
            sending.send_waiting()
            db.session.remove()


if __name__ == "__main__":
    main(*sys.argv[1:])
