"""What the public does without an account: hand in an opinion, follow it, say whether they are satisfied."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import delete

from app.extensions import db
from app.kit import audit, clock
from app.kit.attachments import Upload
from app.kit.authorisation import Actor
from app.kit.database import hold
from app.kit.errors import DomainError, NotFound
from app.kit.i18n import _l
from app.kit.jobs import register_chore
from app.public.queries import count_uses, find_followed
from app.public.rules import (
    ADDRESS_LIMITS,
    FOLLOW,
    KEPT,
    OPINION,
    REFUSED,
    STATION_LIMITS,
    digest_of_address,
)
from app.stations.models import Opinion, PublicUse, Station
from app.stations.operations.opinion_handling import record_word
from app.stations.operations.taking import Taken, Words, digest_of, hand_in_opinion
from app.stations.queries.day import find_draft
from app.stations.states import CitizenWord

# Who hands in through the public page: nobody we know. The trail keeps no address of theirs.
CITIZEN = Actor(user_id=None, name="群众（公开页）", source="web")


class TooMany(DomainError):
    """More than one address, or one station's page, may do."""

    status = 429


def hand_in(
    station: Station,
    words: Words,
    *,
    address: str,
    draft_key: str,
    secret: str,
    photos: Iterable[Upload] = (),
) -> Taken:
    """An opinion from a station's public page. A draft sent again is answered again, and counts once."""
    digest = digest_of_address(address, secret)
    _queue_up(digest)
    _refuse_too_many(REFUSED, digest, None)
    if find_draft(draft_key) is None:
        _refuse_too_many(OPINION, digest, station.id)
        db.session.add(PublicUse(station_id=station.id, address=digest, kind=OPINION))
    with audit.acting_as(CITIZEN):
        return hand_in_opinion(CITIZEN, station, words, draft_key=draft_key, secret=secret, photos=photos)


def count_refused(*, address: str, secret: str) -> None:
    """A hand-in that was refused counts too, or reading pictures over and over would cost its sender nothing.

    Takes back what the refused one had begun; the caller keeps the rest.
    """
    db.session.rollback()
    digest = digest_of_address(address, secret)
    db.session.add(PublicUse(station_id=None, address=digest, kind=REFUSED))
    db.session.flush()


def follow(code: str, *, address: str, secret: str) -> Opinion | None:
    """The opinion with this code, or None. Every try counts: codes are not to be guessed."""
    digest = digest_of_address(address, secret)
    _queue_up(digest)
    _refuse_too_many(FOLLOW, digest, None)
    db.session.add(PublicUse(station_id=None, address=digest, kind=FOLLOW))
    db.session.flush()
    return find_followed(digest_of(code))


def rate(code: str, word: CitizenWord, *, address: str, secret: str) -> Opinion:
    """Whoever brought it says whether they are satisfied, once they have been told how it ended."""
    found = follow(code, address=address, secret=secret)
    if found is None:
        raise NotFound(_l("没有找到这个查询码，请核对后再试。"))
    if found.citizen_word is not None:
        raise DomainError(_l("您已经评价过了，谢谢。"))
    with audit.acting_as(CITIZEN):
        record_word(CITIZEN, found, word)
    return found


def _refuse_too_many(kind: str, digest: str, station_id: int | None) -> None:
    now = clock.now()
    for most, within in ADDRESS_LIMITS[kind]:
        if count_uses(kind, now - within, address=digest) >= most:
            raise TooMany(_l("操作过于频繁，请稍后再试，或直接到联络站反映。"))
    if station_id is None:
        return
    for most, within in STATION_LIMITS[kind]:
        if count_uses(kind, now - within, station_id=station_id) >= most:
            raise TooMany(_l("这个联络站今天收到的意见已经很多，请明天再来，或直接到联络站反映。"))


def _queue_up(digest: str) -> None:
    """Requests of one address wait for each other, so that none slips past the count; SQLite's do anyway."""
    hold(db.session(), f"public:{digest}")


def forget_uses() -> None:
    """Nothing is kept of who used the public pages longer than is needed to limit them."""
    db.session.execute(delete(PublicUse).where(PublicUse.at < clock.now() - KEPT))


register_chore(forget_uses)
