"""A mail server to send to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.notices.sink import Sink


@pytest.fixture
def sink(app: Flask) -> Iterator[Sink]:
    """A mail server the application is set up to use."""
    server = Sink()
    kept = {key: app.config.get(key) for key in ("SMTP_URL", "MAIL_FROM", "SMS_GATEWAY", "BASE_URL")}
    app.config.update(
        SMTP_URL=server.url, MAIL_FROM="县人大办 <office@lvzhi.test>", SMS_GATEWAY="", BASE_URL=""
    )
    yield server
    app.config.update(kept)
    server.close()
