"""What can be known of a workbook before anything parses it: type, sizes, far cells, passwords.

A 1.4 KB workbook with one cell at CZ200000 makes a parser take 648 MB, so limits are checked on the bytes:
parts are inflated as a stream and searched with regular expressions. No XML parser runs here, hence no
entity is ever expanded and nothing outside the file is ever opened.
"""

from __future__ import annotations

import mmap
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from app.kit.errors import DomainError
from app.kit.i18n import _l

MAX_BYTES = 50 * 2**20
MAX_UNZIPPED = 400 * 2**20
MAX_RATIO = 250
RATIO_COUNTS_FROM = 20 * 2**20
MAX_PARTS = 2_000
MAX_DIRECTORY = 2**20
MAX_ROW = 1_100_000
MAX_COLUMN = 512
MAX_TEXT = 400_000  # bytes between two marks: Excel's 32,767 characters, each written as &#x12345;

_CHUNK = 256 * 1024
_OVERLAP = 512
_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_XLS_STREAMS = ("Workbook".encode("utf-16-le"), "Book".encode("utf-16-le"))
_UTF16_XML = (b"\xff\xfe<", b"\xfe\xff\0<", b"<\0", b"\0<")
_FAR = re.compile(
    rb"""r\s*=\s*["'](?:(?:[A-Za-z]{3}|[Ss][S-Zs-z]|[T-Zt-z][A-Za-z])[A-Za-z]*\d|[A-Za-z]*\d{7})"""
)
_CELL = re.compile(rb"<(?:\w+:)?c\s([^<>]{1,500})>")
_REFERENCE = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,8})(\d{1,20})["']""")
_ROW = re.compile(rb"""<(?:\w+:)?row\s[^<>]*?\br\s*=\s*["'](\d{7,})["']""")
_DIMENSION = re.compile(
    rb"""<(?:\w+:)?dimension\s[^<>]*?ref\s*=\s*["'](?:[A-Za-z]+\d+:)?([A-Za-z]{1,7})(\d{1,12})["']"""
)


class HostileWorkbook(DomainError):
    """A file this system will not open; the message is one sentence naming the file and the way out."""


@dataclass(frozen=True)
class Inspection:
    """What the pre-scan saw. ``macros``: the file carries a vbaProject.bin, which nothing here ever runs."""

    format: Literal["xlsx", "xls"]
    parts: int
    unzipped: int
    macros: bool


def inspect(path: str | Path) -> Inspection:
    """Check a workbook's limits without parsing it; raise :class:`HostileWorkbook` where one is passed.

    The type is judged by content, never by the file's name. Macros (.xlsm) are neither refused nor run:
    only cell values are ever read. A cell without a value may lie anywhere (WPS writes formatted empty
    cells to column XFD); a cell with a value beyond row 1,100,000 or column 512 is refused.
    """
    path = Path(path)
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            magic = file.read(8)
            if size > MAX_BYTES:
                raise HostileWorkbook(_l("“%(file)s”超过 50 MB；请拆成几个文件分别上传。", file=path.name))
            if magic == _OLE2:
                return _inspect_ole2(file, path.name, size)
            if magic[:4] == b"PK\x03\x04":
                return _inspect_zip(file, path.name, size)
    except OSError as error:
        raise HostileWorkbook(_l("无法读取“%(file)s”；请检查文件后重新上传。", file=path.name)) from error
    raise _not_a_workbook(path.name)


def damaged(name: str) -> HostileWorkbook:
    """The error for a file that is a workbook in appearance only."""
    return HostileWorkbook(
        _l("“%(file)s”已损坏，无法读取；请用 Excel 或 WPS 打开并另存为 .xlsx 后重新上传。", file=name)
    )


def locked(name: str) -> HostileWorkbook:
    """The error for a file that asks for a password."""
    return HostileWorkbook(_l("“%(file)s”设有密码；请去掉密码后重新保存，再上传。", file=name))


def too_large(name: str) -> HostileWorkbook:
    """The error for a file whose content would not fit in memory, or is spread absurdly far."""
    return HostileWorkbook(
        _l("“%(file)s”内容过大或有很远的单元格；请把数据“只粘贴值”到新的工作簿后重新上传。", file=name)
    )


def _not_a_workbook(name: str) -> HostileWorkbook:
    return HostileWorkbook(
        _l("“%(file)s”不是 Excel 工作簿；请用 Excel 或 WPS 打开并另存为 .xlsx 后重新上传。", file=name)
    )


def _inspect_ole2(file: BinaryIO, name: str, size: int) -> Inspection:
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if content.find(_ENCRYPTED) >= 0:
            raise locked(name)
        if all(content.find(stream) < 0 for stream in _XLS_STREAMS):
            raise _not_a_workbook(name)
        macros = content.find("_VBA_PROJECT".encode("utf-16-le")) >= 0
    return Inspection("xls", 1, size, macros)


def _inspect_zip(file: BinaryIO, name: str, size: int) -> Inspection:
    if _directory_size(file, size) > MAX_DIRECTORY:
        raise too_large(name)
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
    except Exception as error:  # zipfile raises many kinds on a broken directory
        raise damaged(name) from error
    names = {part.filename.lower() for part in parts}
    if "xl/workbook.xml" not in names:
        raise _not_a_workbook(name)
    declared = sum(part.file_size for part in parts)
    if (
        len(parts) > MAX_PARTS
        or declared > MAX_UNZIPPED
        or (declared > RATIO_COUNTS_FROM and declared > size * MAX_RATIO)
    ):
        raise too_large(name)
    try:
        for part in parts:
            _scan_part(file, part, name)
    except (OSError, ValueError, OverflowError) as error:  # a directory that points outside the file
        raise damaged(name) from error
    return Inspection("xlsx", len(parts), declared, "xl/vbaproject.bin" in names)


def _directory_size(file: BinaryIO, size: int) -> int:
    """Bytes of the zip directory as the file declares them, so that a million entries are never listed."""
    start = max(0, size - 65_557)
    file.seek(start)
    tail = file.read()
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or len(tail) < end + 22:
        return 0
    if end >= 20 and tail[end - 20 : end - 16] == b"PK\x06\x07":
        file.seek(min(struct.unpack_from("<Q", tail, end - 12)[0], size))
        zip64 = file.read(56)
        return int(struct.unpack_from("<Q", zip64, 40)[0]) if len(zip64) == 56 else 0
    return int(struct.unpack_from("<I", tail, end + 12)[0])


def _inflate(file: BinaryIO, part: zipfile.ZipInfo, name: str) -> Iterator[bytes]:
    """The part's bytes in pieces of at most 256 KB; refuses a part that is longer than it declares."""
    if part.flag_bits & 1:
        raise locked(name)
    file.seek(part.header_offset)
    header = file.read(30)
    if len(header) < 30 or header[:4] != b"PK\x03\x04" or part.compress_type not in (0, 8):
        raise damaged(name)
    file.seek(sum(struct.unpack_from("<HH", header, 26)), 1)
    left, total = part.compress_size, 0
    stream = zlib.decompressobj(-15) if part.compress_type == 8 else None
    while left > 0 and (data := file.read(min(left, _CHUNK))):
        left -= len(data)
        while data:
            try:
                piece = stream.decompress(data, _CHUNK) if stream else data
            except zlib.error as error:
                raise damaged(name) from error
            total += len(piece)
            if total > part.file_size:
                raise damaged(name)
            yield piece
            data = stream.unconsumed_tail if stream else b""
    if left or total != part.file_size:
        raise damaged(name)


def _scan_part(file: BinaryIO, part: zipfile.ZipInfo, name: str) -> None:
    before = b""
    text = tag = 0
    is_xml = False
    for number, piece in enumerate(_inflate(file, part, name)):
        if number == 0:
            if piece.startswith(_UTF16_XML):
                raise damaged(name)
            is_xml = piece.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<"
        if not is_xml:
            continue
        text = _run_length(piece, b"<", text)
        tag = _run_length(piece, b">", tag)
        if text > MAX_TEXT or tag > MAX_TEXT:
            raise too_large(name)
        _scan_piece(before + piece, name)
        before = piece[-_OVERLAP:]


def _run_length(piece: bytes, mark: bytes, run: int) -> int:
    """Length of the longest stretch without ``mark`` known to reach into or out of this piece."""
    first = piece.find(mark)
    if first < 0:
        return run + len(piece)
    if run + first > MAX_TEXT:
        return run + first
    return len(piece) - 1 - piece.rfind(mark)


def _scan_piece(piece: bytes, name: str) -> None:
    if b"<!DOCTYPE" in piece or b"<!ENTITY" in piece:
        raise damaged(name)
    for column, row in _DIMENSION.findall(piece):
        if int(row) > MAX_ROW or column_number(column) > MAX_COLUMN:
            raise too_large(name)
    if not _FAR.search(piece):
        return
    if any(len(row) > 7 or int(row) > MAX_ROW for row in _ROW.findall(piece)):
        raise too_large(name)
    for attributes in _CELL.findall(piece):
        found = None if attributes.endswith(b"/") else _REFERENCE.search(attributes)
        if found and (column_number(found[1]) > MAX_COLUMN or int(found[2]) > MAX_ROW):
            raise too_large(name)


def column_number(letters: bytes) -> int:
    """Excel's column letters as a number: A is 1, Z is 26, AA is 27."""
    number = 0
    for letter in letters.upper()[:8]:
        number = number * 26 + letter - 64
    return number
