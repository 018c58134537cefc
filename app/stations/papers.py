"""Papers of a station: the poster with its QR code, the notice board (公示牌, forms.md 4.5)."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import segno
from flask_babel import format_date, get_locale

from app.kit import clock
from app.kit.documents.sheets import render_sheet
from app.kit.i18n import _
from app.stations.models import Station
from app.stations.queries.public import (
    PublicReception,
    list_coming_receptions,
    list_posts_of,
    list_public_deputies,
)
from app.stations.states import NotAccepted

_TEMPLATES = Path(__file__).with_name("typst")


def _qr(address: str) -> str:
    stream = io.BytesIO()
    segno.make(address, error="m").save(stream, kind="svg", border=1, scale=4)
    return stream.getvalue().decode()


def _facts(station: Station) -> list[list[str]]:
    known = (
        (_("地址"), station.address),
        (_("开放时间"), station.opening),
        (_("联系电话"), station.phone),
    )
    return [[label, value] for label, value in known if value]


def _language() -> str:
    locale = get_locale()
    return "en" if locale is not None and locale.language == "en" else "zh"


def poster(station: Station, address: str) -> bytes:
    """One A4 sheet for the door: scan, hand in an opinion."""
    data: dict[str, Any] = {
        "name": station.name,
        "title": _("扫一扫，有话对人大代表说"),
        "hint": _("反映意见 · 查看代表和接待日 · 查询办理进度"),
        "facts": _facts(station),
        "address": address,
        "svg": _qr(address),
    }
    return render_sheet(_TEMPLATES / "poster.typ", data, _language())


def board(station: Station, address: str) -> bytes:
    """The notice board: nothing of a deputy but name, level and what they agreed to."""
    today = clock.today()
    posts = [
        [post.role.label, "  ".join(part for part in (post.holder, post.phone) if part)]
        for post in list_posts_of(station.id, today)
    ]
    if not posts and station.head_name:
        posts = [[_("站长"), station.head_name]]
    deputies = [
        [deputy.name, "、".join(deputy.levels), "；".join(text for _detail, text in deputy.details)]
        for deputy in list_public_deputies(station.id, today)
    ]
    coming = list_coming_receptions(station.id, today, today + timedelta(days=365))
    kept = "、".join(matter.label for matter in NotAccepted)
    notes = [
        [_("接待范围"), station.scope_note],
        [_("不受理的事项"), _("%(matters)s，请依照法定程序办理。", matters=kept)],
        [_("接待说明"), _("代表听取和如实反映群众意见，不直接处理具体问题。")],
        [_("工作制度"), station.rules_note],
    ]
    data: dict[str, Any] = {
        "name": station.name,
        "title": _("人大代表联络站公示牌"),
        "facts": [*posts, *_facts(station)],
        "svg": _qr(address) if address else "",
        "hint": _("扫码反映意见"),
        "deputies_title": _("驻站代表"),
        "deputies_headings": [_("姓名"), _("层级"), _("公示信息")],
        "deputies": deputies,
        "calendar_title": _("接待日历"),
        "calendar_headings": [_("日期"), _("时间"), _("接待代表")],
        "calendar": [_line(reception) for reception in coming],
        "notes": [note for note in notes if note[1]],
        "date_line": str(format_date(today, "long")),
    }
    return render_sheet(_TEMPLATES / "board.typ", data, _language())


def hours_of(reception: PublicReception) -> str:
    """8:30—11:30, as far as it is known."""
    hours = [each.strftime("%H:%M") for each in (reception.starts_at, reception.ends_at) if each]
    return "—".join(hours)


def _line(reception: PublicReception) -> list[str]:
    names = "、".join(reception.deputies)
    topic = _("（主题：%(topic)s）", topic=reception.topic) if reception.topic else ""
    return [str(format_date(reception.on, "full")), hours_of(reception), names + topic]
