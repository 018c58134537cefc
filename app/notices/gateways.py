"""The plug for SMS gateways: a function the office names, called once for each message.

``LVZHI_SMS_GATEWAY="package.module:function"`` names it; docs/operators.md has a worked example. The function is
called as ``function(phone, text)``. It returns when the gateway has taken the message, raises :class:`NotSent` when
it is certain that nothing was sent, and may raise anything else when it cannot tell: then the message is never sent
again, because nobody should get it twice.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from flask import current_app

Gateway = Callable[[str, str], object]


class NotSent(Exception):
    """The message certainly did not leave; its text (the reason) is shown in the log, and it may be tried again."""


class GatewayMissing(RuntimeError):
    """What LVZHI_SMS_GATEWAY names cannot be loaded."""


def load_gateway() -> Gateway:
    """The function LVZHI_SMS_GATEWAY names."""
    named = str(current_app.config["SMS_GATEWAY"])
    module, _colon, function = named.partition(":")
    try:
        found = getattr(import_module(module), function)
    except (ImportError, AttributeError, ValueError) as error:
        raise GatewayMissing(named) from error
    if not callable(found):
        raise GatewayMissing(named)
    return found  # type: ignore[no-any-return]
