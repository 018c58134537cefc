"""Telling somebody something, once ever."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from app.accounts.models import User
from app.extensions import db
from app.kit import clock
from app.kit.database import chunks
from app.notices.channels import open_channels
from app.notices.models import Notice, NoticeDelivery
from app.notices.queries import get_rules
from app.notices.states import Channel, NoticeKind
from app.notices.words import in_chinese
from app.registry.models import Person

LONGEST_KEY = 140
# Rows of one INSERT: eight values each, and SQLite takes 32,766 of them.
_AT_ONCE = 500


def tell(
    *,
    key: str,
    kind: NoticeKind,
    area_code: str,
    person_ids: Iterable[int] = (),
    user_ids: Iterable[int] = (),
    title: Any,
    body: Any = "",
    url: str = "",
) -> int:
    """Tells persons (deputies: in the app and by the office's channels) or users something; how many were told now.

    ``key`` names the occasion (at most 140 characters, e.g. ``reception:12:reminder``); it is made unique for each
    person here, and who was told under it is never told again, whatever the text (3-11). ``area_code`` is where
    the log shows it, ``url`` a page of this site. Title and body are kept in Chinese.
    """
    if len(key) > LONGEST_KEY:
        raise ValueError(f"the key of a notice is too long: {key}")
    common = {
        "kind": kind,
        "area_code": area_code,
        "title": " ".join(in_chinese(title).split())[:120],
        "body": in_chinese(body),
        "url": url[:300],
        "at": clock.now(),
    }
    rows = [
        {"key": _key_of_person(key, one), "person_id": one, "user_id": None, **common}
        for one in dict.fromkeys(person_ids)
    ] + [
        {"key": _key_of_user(key, one), "person_id": None, "user_id": one, **common}
        for one in dict.fromkeys(user_ids)
    ]
    told = 0
    for start in range(0, len(rows), _AT_ONCE):
        told += _tell_some(rows[start : start + _AT_ONCE], area_code)
    return told


def _key_of_person(key: str, person_id: int) -> str:
    return f"{key}:p{person_id}"


def _key_of_user(key: str, user_id: int) -> str:
    return f"{key}:u{user_id}"


def all_told(occasions: Mapping[str, tuple[Sequence[int], Sequence[int]]]) -> set[str]:
    """Of these keys, each with its users and persons, those under which everybody was told already."""
    keys = {
        key: {_key_of_user(key, one) for one in users} | {_key_of_person(key, one) for one in persons}
        for key, (users, persons) in occasions.items()
    }
    known: set[str] = set()
    for some in chunks([one for each in keys.values() for one in each]):
        known.update(db.session.scalars(select(Notice.key).where(Notice.key.in_(some))))
    return {key for key, wanted in keys.items() if wanted <= known}


def _tell_some(rows: list[dict[str, Any]], area_code: str) -> int:
    known = set(db.session.scalars(select(Notice.key).where(Notice.key.in_([row["key"] for row in rows]))))
    rows = [row for row in rows if row["key"] not in known]
    if not rows:
        return 0
    # Another worker may be telling the same at this moment: whoever comes second tells nobody.
    postgres = db.session.get_bind().dialect.name == "postgresql"
    statement = pg_insert(Notice) if postgres else sqlite_insert(Notice)
    added = statement.values(rows).on_conflict_do_nothing(index_elements=["key"])
    new = db.session.execute(added.returning(Notice.id, Notice.person_id, Notice.user_id)).all()
    _post_deliveries(new, area_code)
    return len(new)


def _post_deliveries(new: Iterable[Any], area_code: str) -> None:
    """Puts the new notices into the post of every channel that is set up here and wanted by the office."""
    channels = open_channels() & frozenset(get_rules(area_code).channels)
    if not channels or not new:
        return
    addresses = _addresses_of_persons([row.person_id for row in new if row.person_id])
    of_users = _persons_of_users([row.user_id for row in new if row.user_id])
    posted = []
    for row in new:
        email, phone = addresses.get(row.person_id) or of_users.get(row.user_id) or (None, None)
        for channel, address in ((Channel.EMAIL, email), (Channel.SMS, phone)):
            if channel in channels and address:
                posted.append({"notice_id": row.id, "channel": channel, "address": address.strip()[:120]})
    if posted:
        db.session.execute(insert(NoticeDelivery), posted)


def _addresses_of_persons(ids: list[int]) -> dict[int, tuple[str | None, str | None]]:
    rows = db.session.execute(select(Person.id, Person.email, Person.phone).where(Person.id.in_(ids)))
    return {row.id: (row.email, row.phone) for row in rows}


def _persons_of_users(ids: list[int]) -> dict[int, tuple[str | None, str | None]]:
    """Where accounts are reached: those of deputies as the persons they are bound to, others by what they chose."""
    wanted = select(User.id, User.preferences, Person.email, Person.phone)
    rows = db.session.execute(wanted.outerjoin(Person, Person.id == User.person_id).where(User.id.in_(ids)))
    return {row.id: (row.email or (row.preferences or {}).get("email"), row.phone) for row in rows}
