"""Files kept with a record: typed by content, without the camera's data, seen by whoever sees the record."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from werkzeug.datastructures import FileStorage

from app.extensions import db
from app.kit import attachments
from app.kit.attachments import Attachment
from app.kit.audit import history_of
from app.kit.authorisation import Actor
from app.kit.errors import DomainError, NotFound
from tests.world import COUNTY, World

CLERK = Actor(7, "李干事")


@pytest.fixture(autouse=True)
def subjects() -> Iterator[None]:
    attachments.register_subject(
        "test_note", lambda actor, subject_id: actor.name != "别人" and subject_id == 5
    )
    yield
    attachments._subjects.pop("test_note")


def _picture(format_: str = "JPEG", size: tuple[int, int] = (400, 300), **options: Any) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", size, (180, 35, 42)).save(stream, format_, **options)
    return stream.getvalue()


def _with_gps(size: tuple[int, int] = (400, 300)) -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "SECRET CAMERA"
    exif[0x0112] = 6  # turned by a quarter
    exif.get_ifd(0x8825)[2] = (29.0, 22.0, 1.0)
    return _picture(size=size, exif=exif)


def _package(*names: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        for name in names:
            package.writestr(name, "<x/>")
    return stream.getvalue()


def _store(data: bytes, name: str = "照片.jpg") -> Attachment:
    file = FileStorage(io.BytesIO(data), filename=name)
    return attachments.store(file, subject_kind="test_note", subject_id=5, scope_code=COUNTY, actor=CLERK)


def test_a_photograph_loses_where_and_with_what_it_was_taken(session: Any) -> None:
    """A deputy's phone writes the place into every picture."""
    data = _with_gps()
    assert b"SECRET CAMERA" in data
    kept = _store(data)
    content = attachments.open_path(kept).read_bytes()
    assert b"SECRET CAMERA" not in content
    with Image.open(io.BytesIO(content)) as image:
        assert not image.getexif()
        assert image.size == (300, 400) == (kept.width, kept.height)
    assert (kept.media_type, kept.filename, kept.is_image) == ("image/jpeg", "照片.jpg", True)


def test_a_large_photograph_is_made_smaller_and_has_a_thumbnail(session: Any) -> None:
    kept = _store(_picture(size=(4000, 2000)))
    assert (kept.width, kept.height) == (3000, 1500)
    with Image.open(attachments.open_path(kept, thumbnail=True)) as thumbnail:
        assert thumbnail.format == "WEBP"
        assert thumbnail.size == (480, 240)


@pytest.mark.parametrize(("format_", "media_type"), [("PNG", "image/png"), ("WEBP", "image/webp")])
def test_other_kinds_of_picture(session: Any, format_: str, media_type: str) -> None:
    kept = _store(_picture(format_), "图.dat")
    assert kept.media_type == media_type
    assert kept.filename == f"图.{media_type.split('/')[1]}"


def test_a_transparent_picture_stays_transparent(session: Any) -> None:
    stream = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(stream, "PNG")
    with Image.open(attachments.open_path(_store(stream.getvalue(), "章.png"))) as image:
        assert image.mode == "RGBA"


@pytest.mark.parametrize(
    ("data", "name", "kept"),
    [
        (b"%PDF-1.7\n", "通知.exe", "通知.pdf"),
        (_package("word/document.xml"), "a.docx", "a.docx"),
        (_package("xl/workbook.xml"), "a.zip", "a.xlsx"),
        (_package("ppt/presentation.xml"), "a", "a.pptx"),
    ],
)
def test_documents_are_typed_by_content(session: Any, data: bytes, name: str, kept: str) -> None:
    assert _store(data, name).filename == kept


@pytest.mark.parametrize(
    "data",
    [
        b"MZ\x90\x00 a program",
        b"<html><script>alert(1)</script></html>",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"plain text",
        b"GIF89a",
        _package("word/document.xml", "word/vbaProject.bin"),
        _package("xl/workbook.xml", "xl/macrosheets/sheet1.xml"),
        _package("other.txt"),
        b"PK\x03\x04 broken",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 nothing known",
    ],
)
def test_other_content_is_refused_whatever_its_name(session: Any, data: bytes) -> None:
    with pytest.raises(DomainError, match="不支持这种文件"):
        _store(data, "照片.jpg")


def test_broken_empty_and_oversized_files_are_sentences(
    session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(DomainError, match="打不开或已损坏"):
        _store(_picture()[:200])
    with pytest.raises(DomainError, match="文件是空的"):
        _store(b"")
    monkeypatch.setattr(attachments, "MAX_BYTES", 100)
    with pytest.raises(DomainError, match="请压缩后再上传"):
        _store(_picture())


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_unpacked(session: Any) -> None:
    """A few hundred bytes that would fill the memory (decompression bomb)."""
    stream = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(stream, "PNG")
    assert len(stream.getvalue()) < 100_000
    with pytest.raises(DomainError, match=r"像素太多|打不开"):
        _store(stream.getvalue(), "bomb.png")


def test_what_a_picture_costs_is_bounded(session: Any) -> None:
    """One of few bytes and many pixels is refused; a photograph of a good telephone is taken."""
    with pytest.raises(DomainError, match="像素太多"):
        _store(_picture("PNG", (5100, 5000)), "图.png")
    for size, kept in (
        ((8160, 6120), (3000, 2250)),
        ((12_000, 3000), (3000, 750)),
        ((5600, 5000), (2800, 2500)),
    ):
        photograph = _store(_picture(size=size))
        assert (photograph.width, photograph.height) == kept


@pytest.mark.skipif(sys.platform != "linux", reason="counts memory as Linux does")
def test_drawing_a_picture_takes_little_memory() -> None:
    """The largest that is taken, in a process of its own."""
    script = """
import io, resource
from PIL import Image
from app.kit import attachments
stream = io.BytesIO()
Image.new("RGBA", (4990, 4990), (1, 2, 3, 4)).save(stream, "PNG")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
attachments._inspect(stream.getvalue())
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 250  # megabytes, beyond the 100 that making the picture took


def test_one_picture_is_drawn_at_a_time(session: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn, seen = attachments._draw, []

    def draw(*arguments: Any) -> Any:
        seen.append(attachments._drawing.locked())
        return drawn(*arguments)

    monkeypatch.setattr(attachments, "_draw", draw)
    _store(_picture())
    assert seen == [True] and not attachments._drawing.locked()


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd.jpg"),
        ("C:\\照片\\会场.JPEG", "会场.jpg"),
        ("a\x00b\r\nc.png", "abc.jpg"),
        ("", "file.jpg"),
        (".jpg", "file.jpg"),
        ("长" * 300 + ".jpg", "长" * 180 + ".jpg"),
        ("龑䶮.jpg", "龑䶮.jpg"),
    ],
)
def test_names_are_kept_without_what_could_lead_astray(session: Any, name: str, kept: str) -> None:
    assert _store(_picture(), name).filename == kept


def test_the_same_content_lies_on_the_disk_once(session: Any) -> None:
    first, second = _store(_picture(), "甲.jpg"), _store(_picture(), "乙.jpg")
    assert first.sha256 == second.sha256
    assert attachments.open_path(first) == attachments.open_path(second)
    assert [item.filename for item in attachments.list_for("test_note", 5)] == ["甲.jpg", "乙.jpg"]


def test_removing_is_in_the_history_and_the_content_goes_with_the_last_record(session: Any) -> None:
    first, second = _store(_picture(), "甲.jpg"), _store(_picture(), "乙.jpg")
    path = attachments.open_path(first)
    long_ago = time.time() - 7200
    for file in path.parent.iterdir():
        os.utime(file, (long_ago, long_ago))
    attachments.remove(first)
    assert attachments.sweep() == 0
    assert path.exists()
    attachments.remove(second)
    assert attachments.sweep() == 2
    assert not path.exists()
    tags = [event.tag.rsplit(":", 1)[1] for event in history_of(session(), "test_note", 5)]
    assert sorted(tags) == ["create", "create", "delete", "delete"]


def test_a_lost_content_is_a_sentence(session: Any) -> None:
    kept = _store(_picture("JPEG"), "甲.jpg")
    attachments.open_path(kept).unlink()
    with pytest.raises(NotFound, match="从备份中恢复"):
        attachments.open_path(kept)


def test_whoever_may_see_the_record_may_see_its_files(session: Any) -> None:
    kept = _store(_picture())
    assert attachments.get_visible_attachment(CLERK, kept.id) is kept
    with pytest.raises(NotFound):
        attachments.get_visible_attachment(Actor(8, "别人"), kept.id)
    kept.subject_kind = "undeclared"
    with pytest.raises(NotFound):
        attachments.get_visible_attachment(CLERK, kept.id)


def test_files_are_served_under_their_chinese_name(app: Flask, sign_in: Any, world: World) -> None:
    with app.app_context():
        photo, paper = _store(_with_gps(), "会场 照片.jpg").id, _store(b"%PDF-1.7\n", "通知.pdf").id
        db.session.commit()
    browser = sign_in("county")
    shown = browser.get(f"/attachments/{photo}")
    assert shown.mimetype == "image/jpeg"
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert shown.headers["Content-Disposition"].startswith("inline")
    assert (
        "filename*=UTF-8''%E4%BC%9A%E5%9C%BA%20%E7%85%A7%E7%89%87.jpg" in shown.headers["Content-Disposition"]
    )
    assert browser.get(f"/attachments/{photo}/thumbnail").mimetype == "image/webp"
    assert browser.get(f"/attachments/{paper}").headers["Content-Disposition"].startswith("attachment")
    assert browser.get(f"/attachments/{paper}/thumbnail").status_code == 404
    assert browser.get("/attachments/999999").status_code == 404
    assert app.test_client().get(f"/attachments/{photo}").status_code == 302
