"""Workbooks nobody means well with, made by hand."""

from __future__ import annotations

import io
import random
import struct
import zipfile

import xlsxwriter

SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"


def workbook(rows=(("姓名", "电话"), ("王波", 1.0))) -> bytes:
    """A plain, healthy workbook."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet("表")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return buffer.getvalue()


def repacked(changes, *, drop=(), base=None) -> bytes:
    """The healthy workbook with some parts replaced, added or left out."""
    parts = {}
    with zipfile.ZipFile(io.BytesIO(base or workbook())) as source:
        for name in source.namelist():
            if name not in drop:
                parts[name] = source.read(name)
    parts |= changes
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in parts.items():
            with target.open(name, "w", force_zip64=True) as part:
                for piece in [content] if isinstance(content, bytes) else content:
                    part.write(piece)
    return buffer.getvalue()


def sheet(data: str, *, dimension="A1:B2", declaration='<?xml version="1.0" encoding="UTF-8"?>') -> bytes:
    """The XML of a sheet around some rows."""
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return (
        f'{declaration}<worksheet xmlns="{space}"><dimension ref="{dimension}"/>'
        f"<sheetData>{data}</sheetData></worksheet>"
    ).encode()


def cell(reference: str, quote='"') -> str:
    """A row with one number at a reference."""
    row = "".join(filter(str.isdigit, reference)) or "1"
    return f'<row r="{row}"><c r={quote}{reference}{quote}><v>1</v></c></row>'


def repeated(start: bytes, unit: bytes, megabytes: int, end: bytes):
    """A large part in pieces, so that making it costs no memory."""
    yield start
    block = unit * (2**20 // len(unit))
    for _number in range(megabytes):
        yield block
    yield end


def many_parts(count: int) -> bytes:
    """A workbook among very many empty parts."""
    return repacked({f"xl/media/{number}.png": b"" for number in range(count)})


def lying_size() -> bytes:
    """The sheet is longer than the directory says."""
    content = bytearray(repacked({SHEET: sheet(cell("A1") * 1000)}))
    entry = content.rfind(b"PK\x01\x02", 0, content.rfind(SHEET.encode()))
    struct.pack_into("<I", content, entry + 24, 100)
    return bytes(content)


def encrypted_zip() -> bytes:
    """Every part is flagged as encrypted."""
    content = bytearray(workbook())
    at = content.find(b"PK\x01\x02")
    while at >= 0:
        content[at + 8] |= 1
        at = content.find(b"PK\x01\x02", at + 4)
    return bytes(content)


def encrypted_ole2() -> bytes:
    """What Excel saves with a password: an OLE2 file with the encrypted package in it."""
    return (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600)
    )


ENTITY = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "%s"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
XXE = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


def strings(*texts) -> bytes:
    """Shared strings."""
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    entries = "".join(f"<si><t>{text}</t></si>" for text in texts)
    return f'<?xml version="1.0"?><sst xmlns="{space}">{entries}</sst>'.encode()


REFUSED = {
    "a cell at XFD1048576": lambda: repacked({SHEET: sheet(cell("XFD1048576"))}),
    "a cell at CZ200000000": lambda: repacked({SHEET: sheet(cell("CZ200000000"))}),
    "a cell at ZZ1": lambda: repacked({SHEET: sheet(cell("ZZ1"))}),
    "a cell in single quotes": lambda: repacked({SHEET: sheet(cell("XFD1", "'"))}),
    "a far dimension": lambda: repacked({SHEET: sheet(cell("A1"), dimension="A1:XFD1048576")}),
    "a row beyond any": lambda: repacked({SHEET: sheet('<row r="99999999999"><c><v>1</v></c></row>')}),
    "a prefixed far cell": lambda: repacked(
        {SHEET: sheet('<x:row><x:c s="1" r = "XFD1"><x:v>1</x:v></x:c></x:row>')}
    ),
    "a row number of 5,000 digits": lambda: repacked({SHEET: sheet(f'<row r="{"9" * 5000}"/>')}),
    "600 MB in one string": lambda: repacked(
        {STRINGS: repeated(b"<sst><si><t>", b"a", 600, b"</t></si></sst>")}
    ),
    "30 MB in one string": lambda: repacked(
        {STRINGS: repeated(b"<sst><si><t>", b"a", 30, b"</t></si></sst>")}
    ),
    "a tag of 1 MB": lambda: repacked({SHEET: repeated(b"<sheetData x='", b"a", 1, b"'/>")}),
    "a bomb of blanks": lambda: repacked(
        {SHEET: repeated(b"<sheetData>", b"<row/> \n", 390, b"</sheetData>")}
    ),
    "5,000 parts": lambda: many_parts(5_000),
    "20,000 parts": lambda: many_parts(20_000),
    "a part longer than it says": lying_size,
    "entities": lambda: repacked({STRINGS: (ENTITY % "a" + "<sst><si><t>&b;</t></si></sst>").encode()}),
    "an outside entity": lambda: repacked({SHEET: sheet("", declaration=XXE)}),
    "UTF-16": lambda: repacked({SHEET: sheet(cell("XFD1")).decode().encode("utf-16")}),
    "parts encrypted": encrypted_zip,
    "a password": encrypted_ole2,
    "another OLE2 file": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000),
    "a zip of something": lambda: repacked({}, drop=("xl/workbook.xml",)),
    "a web page called .xls": lambda: b"<html><table><tr><td>1</td></tr></table></html>",
    "text": lambda: "姓名,电话\n王波,1\n".encode(),
    "a picture": lambda: b"\x89PNG\r\n\x1a\n" + bytes(100),
    "nothing": lambda: b"",
    "nulls": lambda: bytes(100_000),
    "noise": lambda: random.Random(1).randbytes(10_000),
    "noise called zip": lambda: b"PK\x03\x04" + random.Random(2).randbytes(10_000),
    "half a workbook": lambda: workbook()[: len(workbook()) // 2],
    "no end": lambda: workbook()[:-30],
}
"""Refused before anything is parsed."""

SURVIVED = {
    "a cell with 300,000 references": lambda: repacked({SHEET: sheet("<c" + ' r="ZZZ1"' * 35_000 + "/>")}),
    "a cell with a long reference": lambda: repacked({SHEET: sheet(cell("A" * 3000 + "1"))}),
    "no sheet": lambda: repacked({}, drop=(SHEET,)),
    "a sheet of noise": lambda: repacked({SHEET: b"<" + random.Random(3).randbytes(5_000)}),
    "a dense plane of two cells": lambda: repacked({SHEET: sheet(cell("A1") + cell("SA1048576"))}),
    "20 million empty tags": lambda: repacked(
        {
            SHEET: repeated(
                b"<worksheet><sheetData><row>", b"<c><v>1</v></c>\n", 200, b"</row></sheetData></worksheet>"
            )
        }
    ),
    "one string a million times": lambda: repacked(
        {
            STRINGS: strings("长" * 30_000),
            SHEET: sheet(
                "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 200_000))
            ),
        }
    ),
    "a string that is not there": lambda: repacked(
        {SHEET: sheet('<row r="1"><c r="A1" t="s"><v>99999</v></c></row>')}
    ),
    "a broken reference": lambda: repacked({SHEET: sheet('<row r="1"><c r="1A"><v>1</v></c></row>')}),
    "rows without end tags": lambda: repacked({SHEET: b"<worksheet><sheetData>" + b"<row>" * 100_000}),
    "a sheet in itself": lambda: repacked({"xl/_rels/workbook.xml.rels": b"<Relationships/>"}),
}
"""Not seen by the pre-scan: the child may die of them, this process must not."""
