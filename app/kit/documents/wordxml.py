"""Parts of WordprocessingML that python-docx has no words for or writes slowly: fields, typefaces, tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Length
from docx.text.paragraph import Paragraph as WordParagraph
from docx.text.run import Run

from app.kit.documents.model import Align

LATIN_FACE = "Times New Roman"
INK = "282828"
Edge = tuple[str, int, str]
"""Kind of line, thickness in eighths of a point, colour ``RRGGBB``."""


def element(name: str, /, **attributes: str | int) -> Any:
    """A ``w:`` element with ``w:`` attributes."""
    made = OxmlElement(f"w:{name}")
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), str(value))
    return made


def set_face(properties: Any, east_asian: str, latin: str = LATIN_FACE) -> None:
    """Typefaces of a run's or style's ``w:rPr``; Word takes Chinese characters from ``w:eastAsia`` only."""
    faces = properties.get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        faces.attrib.pop(qn(f"w:{theme}"), None)
    for key, face in (("ascii", latin), ("hAnsi", latin), ("cs", latin), ("eastAsia", east_asian)):
        faces.set(qn(f"w:{key}"), face)


def set_letter_spacing(properties: Any, twentieths: int) -> None:
    """Room added after each character, in twentieths of a point; in its place in ``w:rPr``."""
    following = ("w:w", "w:kern", "w:position", "w:sz", "w:szCs", "w:u", "w:vertAlign", "w:lang")
    properties.insert_element_before(element("spacing", val=twentieths), *following)


def add_text(paragraph: WordParagraph, text: str, chinese: bool) -> Run:
    """A run of text; in Chinese, quotation marks and dashes come from the Chinese typeface as well."""
    run = paragraph.add_run(text)
    if chinese:
        run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:hint"), "eastAsia")
    return run


def add_field(paragraph: WordParagraph, instruction: str, shown: str) -> Run:
    """A field such as PAGE with the text shown until Word works it out; the run, for its size."""
    run = paragraph.add_run()
    code, text = element("instrText"), element("t")
    code.text, text.text = instruction, shown
    for part in (
        element("fldChar", fldCharType="begin"),
        code,
        element("fldChar", fldCharType="separate"),
        text,
        element("fldChar", fldCharType="end"),
    ):
        run._r.append(part)
    return run


def begin_page_numbers_at_one(section_properties: Any) -> None:
    """The section's first page is page 1."""
    numbers = element("pgNumType", start=1)
    section_properties.insert_element_before(numbers, "w:cols", "w:titlePg", "w:docGrid")


@dataclass(frozen=True, slots=True)
class Box:
    """One cell: its text, paragraph style, place and looks; it takes ``span`` columns."""

    text: str
    style: str
    align: Align | None = None
    span: int = 1
    fill: str = ""
    colour: str = ""
    edges: Mapping[str, Edge] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """One row; a heading repeats on every page, ``keep`` holds it on the page of the next row.

    ``height`` is in points, where it is fixed.
    """

    boxes: Sequence[Box]
    heading: bool = False
    keep: bool = False
    height: float = 0


@dataclass(frozen=True, slots=True)
class WordTable:
    """A table with columns in proportions of ``across``; ``padding`` of its cells (across, down) in twips."""

    lines: Sequence[Line]
    widths: Sequence[float]
    across: Length
    bordered: bool = True
    padding: tuple[int, int] = (80, 40)


def table_element(table: WordTable, chinese: bool) -> Any:
    """The ``w:tbl``, rows never divided between pages.

    Written as text and read once: a list of 2,000 rows has 100,000 elements, which take seconds one by one.
    """
    whole = sum(table.widths) or 1.0
    twips = [round(width / whole * table.across.twips) for width in table.widths]
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in twips)
    rows = "".join(_row(line, twips, chinese) for line in table.lines)
    properties = _table_properties(table, sum(twips))
    return parse_xml(f"<w:tbl {nsdecls('w')}>{properties}<w:tblGrid>{columns}</w:tblGrid>{rows}</w:tbl>")


def _table_properties(table: WordTable, width: int) -> str:
    borders = ""
    if table.bordered:
        sides = ("top", "left", "bottom", "right", "insideH", "insideV")
        borders = f"<w:tblBorders>{_edges(dict.fromkeys(sides, ('single', 4, INK)))}</w:tblBorders>"
    across, down = table.padding
    margins = "".join(
        f'<w:{side} w:w="{size}" w:type="dxa"/>'
        for side, size in (("top", down), ("left", across), ("bottom", down), ("right", across))
    )
    return (
        f'<w:tblPr><w:tblW w:w="{width}" w:type="dxa"/><w:jc w:val="center"/>{borders}'
        f'<w:tblLayout w:type="fixed"/><w:tblCellMar>{margins}</w:tblCellMar></w:tblPr>'
    )


def _edges(edges: Mapping[str, Edge]) -> str:
    return "".join(
        f'<w:{side} w:val="{kind}" w:sz="{size}" w:space="0" w:color="{colour}"/>'
        for side, (kind, size, colour) in edges.items()
    )


def _row(line: Line, twips: Sequence[int], chinese: bool) -> str:
    height = f'<w:trHeight w:val="{round(line.height * 20)}" w:hRule="exact"/>' if line.height else ""
    heading = "<w:tblHeader/>" if line.heading else ""
    cells, place = [], 0
    for box in line.boxes:
        properties = _cell_properties(box, sum(twips[place : place + box.span]))
        cells.append(f"<w:tc>{properties}{_cell_paragraph(box, line.keep or line.heading, chinese)}</w:tc>")
        place += box.span
    return f"<w:tr><w:trPr><w:cantSplit/>{height}{heading}</w:trPr>{''.join(cells)}</w:tr>"


def _cell_properties(box: Box, width: int) -> str:
    span = f'<w:gridSpan w:val="{box.span}"/>' if box.span > 1 else ""
    in_order = {side: box.edges[side] for side in ("top", "left", "bottom", "right") if side in box.edges}
    borders = f"<w:tcBorders>{_edges(in_order)}</w:tcBorders>" if in_order else ""
    shading = f'<w:shd w:val="clear" w:color="auto" w:fill="{box.fill}"/>' if box.fill else ""
    width_and_span = f'<w:tcW w:w="{width}" w:type="dxa"/>{span}'
    return f'<w:tcPr>{width_and_span}{borders}{shading}<w:vAlign w:val="center"/></w:tcPr>'


def _cell_paragraph(box: Box, keep: bool, chinese: bool) -> str:
    stay = "<w:keepNext/>" if keep else ""
    align = f'<w:jc w:val="{box.align}"/>' if box.align else ""
    properties = f'<w:pPr><w:pStyle w:val="{box.style}"/>{stay}{align}</w:pPr>'
    if not box.text:
        return f"<w:p>{properties}</w:p>"
    face = '<w:rFonts w:hint="eastAsia"/>' if chinese else ""
    colour = f'<w:color w:val="{box.colour}"/>' if box.colour else ""
    lines = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(part)}</w:t>' for part in box.text.split("\n"))
    return f"<w:p>{properties}<w:r><w:rPr>{face}{colour}</w:rPr>{lines}</w:r></w:p>"
