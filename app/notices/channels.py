"""Which channels this installation has: e-mail where a mail server is set, SMS where a gateway is plugged in."""

from __future__ import annotations

from flask import current_app

from app.notices.states import Channel


def open_channels() -> frozenset[Channel]:
    """The channels that are set up here; without any, notices are told in the app only."""
    settings = {Channel.EMAIL: "SMTP_URL", Channel.SMS: "SMS_GATEWAY"}
    return frozenset(channel for channel, key in settings.items() if current_app.config.get(key))
