"""Secret addresses for subscribing to reception days: made, changed, revoked; the trail says when."""

from __future__ import annotations

import secrets

from app.extensions import db
from app.kit import audit, clock
from app.kit.authorisation import Actor, authorise
from app.kit.errors import NotFound
from app.registry.queries import MISSING
from app.stations.calendar.queries import find_feed_of
from app.stations.models import CalendarFeed, Station
from app.stations.policy import EDIT_CALENDARS, OWN_DUTY


def renew_feed(actor: Actor, station: Station | None = None) -> CalendarFeed:
    """A new address for the actor's own days, or a station's; the old one stops working at once."""
    feed = _feed(actor, station) or CalendarFeed(
        person_id=None if station else actor.person_id, station_id=station.id if station else None
    )
    feed.token, feed.made_at = secrets.token_urlsafe(32), clock.now()
    db.session.add(feed)
    db.session.flush()
    _record(feed, station, "renew")
    return feed


def revoke_feed(actor: Actor, station: Station | None = None) -> None:
    """Nobody can read these days by their address any more."""
    feed = _feed(actor, station)
    if feed is not None:
        _record(feed, station, "revoke")
        db.session.delete(feed)
        db.session.flush()


def _feed(actor: Actor, station: Station | None) -> CalendarFeed | None:
    if station is not None:
        authorise(actor, EDIT_CALENDARS, station.area_code)
        return find_feed_of(station_id=station.id)
    if actor.person_id is None or not actor.owns(OWN_DUTY):
        raise NotFound(MISSING)
    return find_feed_of(person_id=actor.person_id)


def _record(feed: CalendarFeed, station: Station | None, what: str) -> None:
    happening = audit.Happening(
        tag=f"{audit.acting().source}:calendar_feed:{what}",
        area_code=station.area_code if station else "",
        subject_kind="station" if station else "person",
        subject_id=feed.station_id or feed.person_id,
        subject_label=station.name if station else audit.acting().name,
    )
    audit.record(db.session(), [happening])
