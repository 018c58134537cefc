"""Brings the English words in line with the Chinese ones in the code, and lists what is still untranslated.

    python scripts/translate.py           updates app/translations/en/LC_MESSAGES/messages.po
    python scripts/translate.py --check   writes nothing; exits with 1 where something is missing or left over

Entries stay in the order of their Chinese words and name no line of code, so that an update shows nothing in the
version control but the words that changed. A word nobody uses any more is dropped.
"""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
PO = ROOT / "app/translations/en/LC_MESSAGES/messages.po"
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "_l": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
}
_PLACEHOLDER = re.compile(r"%\((\w+)\)[a-z]|\{(\w*)\}")

Id = str | tuple[str, ...]


def extract() -> dict[Id, list[str]]:
    """Every message in the code, with the files it stands in."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    found: dict[Id, list[str]] = {}
    for filename, _line, message, _comments, _context in extract_from_dir(
        ROOT, methods, options, keywords=KEYWORDS
    ):
        identity: Id = message if isinstance(message, str) else tuple(message)
        found.setdefault(identity, []).append(filename)
    return found


def catalogue() -> Catalog:
    """The English words as they are kept."""
    with PO.open("rb") as file:
        return read_po(file, locale="en")


def key_of(identity: Id | list[str]) -> str:
    """What a message is kept under: its singular."""
    return identity if isinstance(identity, str) else identity[0]


def untranslated(message: Message) -> bool:
    """Whether words are still missing, or only guessed."""
    words = message.string if isinstance(message.string, tuple | list) else [message.string]
    return message.fuzzy or not all(words)


def placeholders(text: str) -> set[str]:
    """Names a message leaves room for."""
    return {one or two for one, two in _PLACEHOLDER.findall(text)}


def wrong_placeholders(message: Message) -> bool:
    """Whether a translation leaves room for something its message does not have, or forgets something."""
    ids = message.id if isinstance(message.id, tuple | list) else [message.id]
    words = message.string if isinstance(message.string, tuple | list) else [message.string]
    wanted = set().union(*(placeholders(text) for text in ids))
    return any(text and placeholders(text) != wanted for text in words)


def update(old: Catalog, found: dict[Id, list[str]]) -> Catalog:
    """The catalogue of what is in the code now, with the words that are known."""
    new = Catalog(locale="en", header_comment=old.header_comment, fuzzy=False)
    new.mime_headers = old.mime_headers
    for identity in sorted(found, key=key_of):
        known = old.get(key_of(identity))
        same_form = known is not None and isinstance(known.id, str) == isinstance(identity, str)
        new.add(identity, known.string if known is not None and same_form else None)
    return new


def main() -> int:
    """Updates or checks the catalogue; how many messages want words."""
    found, old = extract(), catalogue()
    new = update(old, found)
    missing = [message for message in new if message.id and untranslated(message)]
    wrong = [message for message in new if message.id and wrong_placeholders(message)]
    left = {message.id for message in old if message.id} - {message.id for message in new}
    files = {key_of(identity): names for identity, names in found.items()}
    for message in missing:
        print(f"untranslated: {key_of(message.id)}    ({files[key_of(message.id)][0]})")
    for message in wrong:
        print(f"placeholders differ: {key_of(message.id)}")
    if "--check" in sys.argv[1:]:
        for identity in left:
            print(f"not used any more: {key_of(identity)}")
        return int(bool(missing or wrong or left))
    stream = io.BytesIO()
    write_po(stream, new, width=110, no_location=True, sort_output=False)
    PO.write_bytes(stream.getvalue())
    print(f"{len(found)} messages, {len(missing)} untranslated, {len(left)} dropped")
    return 0


if __name__ == "__main__":
    sys.exit(main())
