"""Photographs and files kept with a record: typed by content, images re-encoded without EXIF, thumbnails.

Files are stored by the digest of their content under ``DATA_DIR/attachments``; the name they came with lives
in the database only. A feature says with :func:`register_subject` who may see the files of its records.
"""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
import threading
import warnings
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Protocol

import filetype
from flask import current_app
from PIL import Image, ImageOps, UnidentifiedImageError
from sqlalchemy import Index, String, select
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import db
from app.kit import clock
from app.kit.audit import Audited
from app.kit.authorisation import Actor
from app.kit.database import Base, BigId, CodeType, Id, UtcDateTime
from app.kit.errors import DomainError, NotFound
from app.kit.i18n import _l

MAX_BYTES = 20 * 1024 * 1024
MAX_SIDE = 3000
# To be unpacked at once: a pixel costs four bytes, twice over while the picture is made smaller.
MAX_PIXELS = 25_000_000
# One picture at a time in this process, however many are sent at once.
_drawing = threading.Lock()
THUMBNAIL_SIDE = 480
IMAGES = {"image/jpeg": ("JPEG", "jpg"), "image/png": ("PNG", "png"), "image/webp": ("WEBP", "webp")}
_OPENXML = "application/vnd.openxmlformats-officedocument"
DOCUMENTS = {
    "application/pdf": "pdf",
    f"{_OPENXML}.wordprocessingml.document": "docx",
    f"{_OPENXML}.spreadsheetml.sheet": "xlsx",
    f"{_OPENXML}.presentationml.presentation": "pptx",
    "application/msword": "doc",
    "application/vnd.ms-excel": "xls",
}
# Parts that carry programs: a file with one is not a document but a program.
_PROGRAM_PARTS = ("vbaproject.bin", "activex/", "macrosheets/")
_OPENXML_MAIN = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx", "ppt/presentation.xml": "pptx"}
_LEGACY = {
    b"W\x00o\x00r\x00d\x00D\x00o\x00c\x00u\x00m\x00e\x00n\x00t\x00": "doc",
    b"W\x00o\x00r\x00k\x00b\x00o\x00o\x00k\x00": "xls",
}


class Upload(Protocol):
    """A file as it comes from a form."""

    filename: str | None
    stream: IO[bytes]


def chosen(files: Iterable[Any] | None) -> list[Any]:
    """The files among what the fields of a form sent: a field left empty sends none, a stranger's form words."""
    return [file for file in files or () if getattr(file, "filename", "")]


class Attachment(Audited, Base):
    """A photograph or file of one record."""

    __tablename__ = "attachment"
    __table_args__ = (Index("ix_attachment_subject", "subject_kind", "subject_id"),)
    audit_kind = "attachment"

    id: Mapped[Id]
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int] = mapped_column(BigId)
    scope_code: Mapped[str] = mapped_column(CodeType, index=True)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    filename: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    width: Mapped[int | None]
    height: Mapped[int | None]
    has_thumbnail: Mapped[bool] = mapped_column(default=False)
    caption: Mapped[str] = mapped_column(String(200), default="")
    uploaded_by: Mapped[int | None] = mapped_column(BigId)
    uploaded_by_name: Mapped[str] = mapped_column(String(80), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    @property
    def audit_label(self) -> str:
        return self.filename

    @property
    def audit_subject(self) -> tuple[str, int | None]:
        return self.subject_kind, self.subject_id

    @property
    def is_image(self) -> bool:
        """Can be shown in the page."""
        return self.media_type in IMAGES


MaySee = Callable[[Actor, int], bool]
_subjects: dict[str, MaySee] = {}


def register_subject(kind: str, may_view: MaySee) -> None:
    """Says who may see the files of records of a kind: ``may_view(actor, subject_id)``."""
    _subjects[kind] = may_view


@dataclass(frozen=True)
class _Content:
    """A file as it will be kept."""

    data: bytes
    media_type: str
    extension: str
    size: tuple[int, int] | None = None
    thumbnail: bytes | None = None


def store(
    file: Upload, *, subject_kind: str, subject_id: int, scope_code: str, actor: Actor, caption: str = ""
) -> Attachment:
    """Keeps an uploaded file with a record. Raises DomainError with a sentence where it cannot be taken."""
    data = file.stream.read(MAX_BYTES + 1)
    if not data:
        raise DomainError(_l("文件是空的，请重新选择。"), "file")
    if len(data) > MAX_BYTES:
        raise DomainError(_l("文件超过 %(n)s MB，请压缩后再上传。", n=MAX_BYTES // 1024 // 1024), "file")
    content = _inspect(data)
    digest = hashlib.sha256(content.data).hexdigest()
    _write(_path(digest), content.data)
    if content.thumbnail is not None:
        _write(_path(digest, thumbnail=True), content.thumbnail)
    attachment = Attachment(
        subject_kind=subject_kind,
        subject_id=subject_id,
        scope_code=scope_code,
        sha256=digest,
        filename=_clean_name(file.filename, content.extension),
        media_type=content.media_type,
        size=len(content.data),
        width=content.size[0] if content.size else None,
        height=content.size[1] if content.size else None,
        has_thumbnail=content.thumbnail is not None,
        caption=caption[:200],
        uploaded_by=actor.user_id,
        uploaded_by_name=actor.name[:80],
    )
    db.session.add(attachment)
    db.session.flush()
    return attachment


def store_all(
    files: Iterable[Any] | None, *, subject_kind: str, subject_id: int, scope_code: str, actor: Actor
) -> None:
    """Keeps the files that came with a form. Raises DomainError with a sentence where one cannot be taken."""
    for file in chosen(files):
        store(file, subject_kind=subject_kind, subject_id=subject_id, scope_code=scope_code, actor=actor)


def _inspect(data: bytes) -> _Content:
    kind = filetype.guess(data)
    media_type = kind.mime if kind is not None else ""
    if media_type in IMAGES:
        return _image(data, media_type)
    extension = _document_kind(data)
    if extension is None:
        raise DomainError(
            _l("不支持这种文件。可以上传图片（jpg、png、webp）、PDF、Word、Excel、PPT 文件。"), "file"
        )
    return _Content(data, next(m for m, e in DOCUMENTS.items() if e == extension), extension)


def _document_kind(data: bytes) -> str | None:
    """pdf, docx, xlsx, pptx, doc or xls by content; None for anything else, macros included."""
    if data[:5] == b"%PDF-":
        return "pdf"
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        if b"_\x00V\x00B\x00A\x00_\x00P\x00R\x00O\x00J\x00E\x00C\x00T\x00" in data:
            return None
        return next((kind for mark, kind in _LEGACY.items() if mark in data), None)
    if data[:4] != b"PK\x03\x04":
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = [name.lower() for name in package.namelist()]
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return None
    if len(names) > 10_000 or any(part in name for name in names for part in _PROGRAM_PARTS):
        return None
    return next((kind for part, kind in _OPENXML_MAIN.items() if part in names), None)


def _image(data: bytes, media_type: str) -> _Content:
    """The image drawn anew: upright, at most 3000 pixels a side, nothing of the camera's data left."""
    format_, extension = IMAGES[media_type]
    try:
        with _drawing, warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=[format_]) as probe:
                _ask_for_less(probe)
                if probe.width * probe.height > MAX_PIXELS:
                    raise DomainError(_l("图片的像素太多，请缩小后再上传。"), "file")
            with Image.open(io.BytesIO(data), formats=[format_]) as probe:
                probe.verify()
            return _draw(data, media_type, format_, extension)
    except (
        UnidentifiedImageError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
        OSError,
        ValueError,
        SyntaxError,
        TypeError,
        KeyError,
        IndexError,
        EOFError,
        OverflowError,
        MemoryError,
    ) as error:
        raise DomainError(_l("这张图片打不开或已损坏，请换一张。"), "file") from error


def _ask_for_less(image: Image.Image) -> None:
    """A JPEG is unpacked at a half, a quarter or an eighth of its size where that is enough to draw it from."""
    ratio = MAX_SIDE / max(image.size)
    if image.width * image.height > MAX_PIXELS:
        ratio = min(ratio, 0.5)
    if ratio < 1:
        image.draft("RGB", (int(image.width * ratio), int(image.height * ratio)))


def _draw(data: bytes, media_type: str, format_: str, extension: str) -> _Content:
    with Image.open(io.BytesIO(data), formats=[format_]) as opened:
        _ask_for_less(opened)
        mode = "RGBA" if _has_alpha(opened) and format_ != "JPEG" else "RGB"
        # Made smaller before anything else; only what cannot be shrunk well as it is (a palette, one colour
        # that stands for transparent, sixteen bits) is converted whole.
        as_it_is = opened.mode in {"RGB", "RGBA", "L", "LA"} and "transparency" not in opened.info
        whole = opened if as_it_is else opened.convert(mode)
        whole.thumbnail((MAX_SIDE, MAX_SIDE))
        image = ImageOps.exif_transpose(whole).convert(mode)
        del whole
    # Nothing of the camera's data goes along into what is saved.
    image.info.clear()
    kept, size = _encode(image, format_, quality=88), image.size
    image.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    return _Content(kept, media_type, extension, size, _encode(image, "WEBP", quality=80))


def _has_alpha(image: Image.Image) -> bool:
    return image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info


def _encode(image: Image.Image, format_: str, quality: int) -> bytes:
    stream = io.BytesIO()
    options: dict[str, Any] = {"optimize": True} if format_ == "PNG" else {"quality": quality}
    image.save(stream, format_, **options)
    return stream.getvalue()


def _clean_name(name: str | None, extension: str) -> str:
    """The name people gave the file, without folders and control characters, with the true extension."""
    last = (name or "").replace("\\", "/").rsplit("/", 1)[-1]
    stem, _dot, _old = last.rpartition(".") if "." in last else (last, "", "")
    stem = "".join(c for c in stem if c.isprintable() and c not in '<>:"|?*').strip(" .")
    return f"{stem[:180] or 'file'}.{extension}"


def _path(digest: str, *, thumbnail: bool = False) -> Path:
    name = f"{digest}.thumb" if thumbnail else digest
    return Path(current_app.config["DATA_DIR"]) / "attachments" / digest[:2] / name


def _write(path: Path, data: bytes) -> None:
    """All of the file or nothing of it, on the disk before the record that names it is committed."""
    if path.exists():
        # Wanted again: :func:`sweep` must not take it for left over.
        os.utime(path)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def list_for(kind: str, subject_id: int) -> list[Attachment]:
    """Files of one record in the order they came."""
    wanted = select(Attachment).where(Attachment.subject_kind == kind, Attachment.subject_id == subject_id)
    return list(db.session.scalars(wanted.order_by(Attachment.id)))


def get_visible_attachment(actor: Actor, attachment_id: int) -> Attachment:
    """The attachment; NotFound where its record is none of the actor's business."""
    found = db.session.get(Attachment, attachment_id)
    may_view = _subjects.get(found.subject_kind) if found is not None else None
    if found is None or may_view is None or not may_view(actor, found.subject_id):
        raise NotFound(_l("没有找到这个文件，或者它不在您的管理范围内。"))
    return found


def open_path(attachment: Attachment, *, thumbnail: bool = False) -> Path:
    """Where the content lies; NotFound where it is missing on the disk."""
    path = _path(attachment.sha256, thumbnail=thumbnail)
    if not path.is_file():
        raise NotFound(_l("这个文件的内容已经丢失，请联系系统管理员从备份中恢复。"))
    return path


def remove(attachment: Attachment) -> None:
    """Takes a file away from its record.

    The content itself stays until :func:`sweep`: this transaction may still be rolled back, and another
    record may hold the same photograph.
    """
    db.session.delete(attachment)
    db.session.flush()


def sweep() -> int:
    """Deletes contents no record names any more, an hour after they were written; how many."""
    folder = Path(current_app.config["DATA_DIR"]) / "attachments"
    before = clock.now().timestamp() - 3600
    named = set(db.session.scalars(select(Attachment.sha256).distinct()))
    dropped = 0
    for path in folder.glob("??/*"):
        digest = path.name.removesuffix(".thumb")
        if digest not in named and path.stat().st_mtime <= before:
            path.unlink(missing_ok=True)
            dropped += 1
    return dropped
