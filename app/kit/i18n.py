"""Words on the screen: Chinese message ids, English in ``app/translations/en``."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import flask_babel
from babel.support import NullTranslations, Translations
from flask import has_app_context
from flask.globals import app_ctx
from flask_babel.speaklater import LazyString

__all__ = ["_", "_l", "in_every_language", "ngettext"]


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


class Words(LazyString):
    """A message translated when it is shown; ``message`` is its id, the Chinese words."""

    def __init__(self, message: str, /, **values: Any) -> None:
        super().__init__(_, message, **values)
        self.message = message


def _l(message: str, /, **values: Any) -> Words:
    """A message translated when it is shown, for words written down before there is a reader."""
    return Words(message, **values)


@cache
def _english() -> NullTranslations:
    return Translations.load(Path(__file__).parents[1] / "translations", ["en"])


def in_every_language(words: Any) -> tuple[str, ...]:
    """The words as any reader may have seen them, whoever reads now: a heading of a template comes back so."""
    if not isinstance(words, Words):
        return (str(words),)
    return words.message, _english().gettext(words.message)
