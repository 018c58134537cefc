"""Words on the screen: Chinese message ids, English in ``app/translations/en``."""

from __future__ import annotations

from typing import Any

import flask_babel
from flask import has_app_context
from flask.globals import app_ctx
from flask_babel.speaklater import LazyString

__all__ = ["_", "_l", "ngettext"]


def _reads_message_ids() -> bool:
    if not has_app_context():
        return True
    # Where Flask-Babel has noted this request's locale it is read off: asking costs ten times as much.
    noted = getattr(app_ctx.g, "_flask_babel", None)
    locale = getattr(noted, "babel_locale", None) or flask_babel.get_locale()
    return locale is None or locale.language == "zh"


def _(message: str, /, **values: Any) -> str:
    """The message in the reader's language, its ``%(name)s`` filled in."""
    # The ids are the Chinese words: without the look-up a page of 300 words costs 5 ms less.
    if _reads_message_ids():
        return message % values if values else message
    return flask_babel.gettext(message, **values)  # type: ignore[no-any-return]


def ngettext(singular: str, plural: str, num: int, /, **values: Any) -> str:
    """The message for this many; ``%(num)s`` is the number."""
    if _reads_message_ids():
        return singular % {"num": num, **values}
    return flask_babel.ngettext(singular, plural, num, **values)  # type: ignore[no-any-return]


def _l(message: str, /, **values: Any) -> LazyString:
    """A message translated when it is shown, for words written down before there is a reader."""
    return LazyString(_, message, **values)
