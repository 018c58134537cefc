"""Reception days as a calendar that phones and PCs subscribe to (RFC 5545)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from icalendar import Calendar, Event

from app.kit import clock
from app.kit.i18n import _
from app.stations.calendar.checking import people_on
from app.stations.models import Reception
from app.stations.states import ReceptionState


def as_icalendar(title: str, days: Sequence[Reception]) -> bytes:
    """The days as .ics: where, when, who receives; nothing about anybody who came."""
    feed = Calendar()
    feed.add("prodid", "-//lvzhi//reception days//ZH")
    feed.add("version", "2.0")
    feed.add("method", "PUBLISH")
    feed.add("name", title)
    feed.add("x-wr-calname", title)
    feed.add("x-wr-timezone", "Asia/Shanghai")
    feed.add("refresh-interval", timedelta(hours=6), {"VALUE": "DURATION"})
    for day in days:
        feed.add_component(_event(day))
    content: bytes = feed.to_ical()
    return content


def _event(day: Reception) -> Event:
    event = Event()
    event.add("uid", f"reception-{day.id}@lvzhi")
    event.add("sequence", day.version)
    event.add("dtstamp", day.updated_at)
    event.add("last-modified", day.updated_at)
    event.add("summary", f"{day.kind.label} · {day.station.name}")
    event.add("location", day.station.address or day.station.name)
    names = "、".join(row.mandate.person.name for row in people_on(day))
    event.add("description", _("接待代表：%(names)s", names=names))
    if day.starts_at is None:
        event.add("dtstart", day.held_on)
        event.add("dtend", day.held_on + timedelta(days=1))
    else:
        event.add("dtstart", datetime.combine(day.held_on, day.starts_at, clock.SHANGHAI))
        if day.ends_at is not None:
            event.add("dtend", datetime.combine(day.held_on, day.ends_at, clock.SHANGHAI))
    cancelled = day.state is ReceptionState.CANCELLED
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    return event
