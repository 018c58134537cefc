"""Account slips for deputies: name, login, first password, QR code of the address; eight on an A4 page."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import segno
from docx import Document
from docx.enum.table import WD_ROW_HEIGHT_RULE
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from app.accounts.operations.roster import Slip
from app.kit.i18n import _

ACROSS, DOWN = 2, 4
PER_PAGE = ACROSS * DOWN
FONT = "仿宋"


def qr_path(address: str) -> tuple[int, str]:
    """Side of the QR code in modules, its quiet zone included, and the SVG path of its dark modules."""
    code = segno.make(address, error="m", micro=False)
    rows = [list(row) for row in code.matrix_iter(scale=1, border=2)]
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return len(rows), path


def render_docx(slips: Sequence[Slip], address: str) -> bytes:
    """The slips as a Word document, to be cut apart."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(12)
    section.top_margin = section.bottom_margin = Mm(10)
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(12)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    style.paragraph_format.space_after = Pt(1)
    picture = io.BytesIO()
    segno.make(address, error="m", micro=False).save(picture, kind="png", scale=6, border=2)
    for start in range(0, len(slips), PER_PAGE):
        if start:
            document.add_page_break()  # type: ignore[no-untyped-call]
        _page(document, slips[start : start + PER_PAGE], address, picture)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _page(document: Any, slips: Sequence[Slip], address: str, picture: io.BytesIO) -> None:
    table = document.add_table(rows=DOWN, cols=ACROSS, style="Table Grid")
    for place, row in enumerate(table.rows):
        row.height, row.height_rule = Mm(64), WD_ROW_HEIGHT_RULE.EXACTLY
        cells = row.cells
        for column in range(ACROSS):
            number = place * ACROSS + column
            if number < len(slips):
                _cell(cells[column], slips[number], address, picture)


def _cell(cell: Any, slip: Slip, address: str, picture: io.BytesIO) -> None:
    title = cell.paragraphs[0].add_run(f"{slip.name}　{slip.area}")
    title.bold = True
    for label, value in slip_lines(slip, address):
        cell.add_paragraph(f"{label}：{value}")
    picture.seek(0)
    cell.add_paragraph().add_run().add_picture(picture, width=Mm(24))


def slip_lines(slip: Slip, address: str) -> list[tuple[str, str]]:
    """What a slip says under the name."""
    return [
        (_("登录名（代表证号）"), slip.login),
        (_("初始密码"), slip.password),
        (_("网址"), address),
    ]
