"""Taking an opinion down in the person's own words: on the deputy's phone, or from the public page."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.extensions import db
from app.kit import attachments, clock
from app.kit.authorisation import Actor
from app.kit.errors import Conflict, DomainError
from app.kit.i18n import _l
from app.kit.numbering import claim_number
from app.stations.models import Opinion, Reception, Station
from app.stations.operations.day import authorise_duty
from app.stations.queries import ON_DUTY
from app.stations.queries.day import find_draft
from app.stations.states import OpinionChannel, ReceptionState

PHOTOS = 3
PHOTO_BYTES = 10 * 1024 * 1024
_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")


@dataclass(frozen=True)
class Words:
    """What somebody said, and who they are if they wish to be known."""

    content: str
    topic: str = ""
    anonymous: bool = False
    citizen_name: str = ""
    citizen_phone: str = ""


@dataclass(frozen=True)
class Taken:
    """The opinion made of a draft, the code to follow it with, and whether the draft had come before."""

    opinion: Opinion
    code: str
    again: bool


def digest_of(code: str) -> str:
    """What the database keeps of a follow code, however the code was typed."""
    digits = "".join(character for character in code if character.isascii() and character.isdigit())
    return hashlib.sha256(digits.encode()).hexdigest()


def take_opinion(
    actor: Actor,
    reception: Reception,
    words: Words,
    *,
    draft_key: str,
    secret: str,
    mandate_id: int | None = None,
    photos: Iterable[attachments.Upload] = (),
) -> Taken:
    """An opinion taken down at a reception by staff or the deputy on duty (3-06, law.md 1.9).

    ``draft_key`` names the draft on the phone: sent twice over a poor connection it is one opinion.
    ``mandate_id`` is the deputy who heard it; a deputy's own where they take it down themselves.
    """
    authorise_duty(actor, reception)
    if reception.state not in (ReceptionState.PLANNED, ReceptionState.HELD):
        raise Conflict(_l("这次接待的情况是“%(state)s”，不能登记意见。", state=reception.state.label))
    if reception.held_on > clock.today():
        raise DomainError(
            _l("只能在接待当天登记。这次接待的日期是 %(day)s。", day=reception.held_on.isoformat())
        )
    on_duty = {row.mandate_id: row.mandate for row in reception.deputies if row.standing in ON_DUTY}
    own = [identity for identity, mandate in on_duty.items() if mandate.person_id == actor.person_id]
    if mandate_id is not None and mandate_id not in on_duty:
        raise DomainError(_l("请选择当天接待的代表。"), "mandate_id")
    return _take(
        actor, reception.station, words, channel=OpinionChannel.RECEPTION, on=reception.held_on,
        draft_key=draft_key, secret=secret, reception=reception,
        mandate_id=mandate_id or (own[0] if own else None), photos=photos,
    )  # fmt: skip


def hand_in_opinion(
    actor: Actor,
    station: Station,
    words: Words,
    *,
    draft_key: str,
    secret: str,
    photos: Iterable[attachments.Upload] = (),
) -> Taken:
    """An opinion somebody hands in through a station's public page (2-25: 线上). ``actor`` is nobody signed in."""
    return _take(
        actor, station, words, channel=OpinionChannel.ONLINE, on=clock.today(), draft_key=draft_key,
        secret=secret, reception=None, mandate_id=None, photos=photos,
    )  # fmt: skip


def _take(
    actor: Actor,
    station: Station,
    words: Words,
    *,
    channel: OpinionChannel,
    on: date,
    draft_key: str,
    secret: str,
    reception: Reception | None,
    mandate_id: int | None,
    photos: Iterable[attachments.Upload],
) -> Taken:
    if not _KEY.fullmatch(draft_key):
        raise DomainError(_l("请求不完整，请刷新页面后重新提交。"))
    if not words.content.strip():
        raise DomainError(_l("请写下要反映的内容。"), "content")
    # Holds the office's series: of two sendings of one draft the second waits here, then finds the first.
    number = claim_number(Opinion, station.office_code, "", prefix=f"YJ{on.year}")
    known = find_draft(draft_key)
    if known is not None:
        if known.station_id != station.id or known.reception_id != (reception.id if reception else None):
            raise Conflict(_l("这份草稿已经在别处提交过。请打开新的表单填写。"))
        return Taken(known, _code_of(known, draft_key, secret), again=True)
    code, digest = _free_code(draft_key, secret)
    opinion = Opinion(
        office_code=station.office_code, area_code=station.area_code, number=number, channel=channel,
        station=station, reception=reception, mandate_id=mandate_id, received_on=on, draft_key=draft_key,
        follow_code=digest, topic=words.topic, content=words.content.strip(), anonymous=words.anonymous,
        citizen_name="" if words.anonymous else words.citizen_name,
        citizen_phone="" if words.anonymous else words.citizen_phone,
    )  # fmt: skip
    db.session.add(opinion)
    db.session.flush()
    _keep_photos(actor, opinion, list(photos))
    return Taken(opinion, code, again=False)


def _keep_photos(actor: Actor, opinion: Opinion, photos: list[attachments.Upload]) -> None:
    if len(photos) > PHOTOS:
        raise DomainError(_l("最多可以附 %(n)s 张照片。", n=PHOTOS), "photos")
    for photo in photos:
        photo.stream.seek(0, 2)
        size = photo.stream.tell()
        photo.stream.seek(0)
        if size > PHOTO_BYTES:
            megabytes = PHOTO_BYTES // 1024 // 1024
            raise DomainError(_l("照片超过 %(n)s MB，请选小一点的照片。", n=megabytes), "photos")
        try:
            kept = attachments.store(
                photo,
                subject_kind="opinion",
                subject_id=opinion.id,
                scope_code=opinion.area_code,
                actor=actor,
            )
        except DomainError as error:
            raise DomainError(error.message, "photos") from error
        if not kept.is_image:
            raise DomainError(_l("只能附照片（jpg、png、webp）。"), "photos")


# --- the code to follow it with ---------------------------------------------------------------------------


def _codes(draft_key: str, secret: str) -> Iterable[str]:
    """Twelve digits, grouped for reading, that only this draft and this office's secret give."""
    for turn in range(8):
        made = hmac.new(secret.encode(), f"follow:{turn}:{draft_key}".encode(), hashlib.sha256).digest()
        digits = f"{int.from_bytes(made) % 10**12:012d}"
        yield f"{digits[:4]} {digits[4:8]} {digits[8:]}"


def _free_code(draft_key: str, secret: str) -> tuple[str, str]:
    for code in _codes(draft_key, secret):
        digest = digest_of(code)
        if db.session.scalar(select(Opinion.id).where(Opinion.follow_code == digest)) is None:
            return code, digest
    raise Conflict(_l("请求不完整，请刷新页面后重新提交。"))


def _code_of(opinion: Opinion, draft_key: str, secret: str) -> str:
    return next((code for code in _codes(draft_key, secret) if digest_of(code) == opinion.follow_code), "")
