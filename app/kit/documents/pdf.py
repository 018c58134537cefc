"""The .pdf of a document: PDF/A-2b, set by typst from ``formal.typ``.

The document travels as JSON in a single string, and the template prints strings as they are: nothing a
person typed is ever read as markup. The template can read files of this folder only.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import typst

from app.kit import clock
from app.kit.charts import heat_step, target_text
from app.kit.documents.fonts import ROLES, MissingGlyphs, Typefaces, typefaces
from app.kit.documents.model import (
    CELL_PADDING,
    Bars,
    Block,
    Document,
    Heading,
    HeatMap,
    KeyValues,
    PageBreak,
    Paragraph,
    Signature,
    Table,
    all_text,
    characters_across,
    form_lines,
    heat_grid,
    plain,
    table_grid,
    text_width,
)

TEMPLATE = Path(__file__).with_name("formal.typ")
_LONG_WORD = re.compile(r"[\x21-\x7e]{7,}")
# One compiler holds the parsed fonts; it must not be entered by two threads at once.
_compiling = Lock()


def render_pdf(document: Document, fonts_dir: Path | str | None = None) -> bytes:
    """The document as PDF/A-2b.

    Raises ``MissingGlyphs`` where no typeface of this machine holds one of its characters, and
    ``ValueError`` where rows do not fit their headings.
    """
    faces = typefaces(fonts_dir)
    missing = faces.missing(all_text(document))
    if missing:
        raise MissingGlyphs(missing)
    data = json.dumps(_document_data(document, faces), ensure_ascii=False)
    made_at = clock.now().replace(microsecond=0)
    with _compiling:
        made = _compiler(faces.fonts).compile(
            sys_inputs={"document": data}, format="pdf", pdf_standards="a-2b", timestamp=made_at
        )
    if not isinstance(made, bytes):
        raise TypeError("typst gave no single PDF")
    return made


@lru_cache(maxsize=8)
def _compiler(fonts: typst.Fonts) -> typst.Compiler:
    root = str(TEMPLATE.parent)
    return typst.Compiler(input=str(TEMPLATE), root=root, font_paths=fonts, ignore_system_fonts=True)


def _document_data(document: Document, faces: Typefaces) -> dict[str, Any]:
    cover, head = document.cover, document.letterhead
    return {
        "title": plain(document.title),
        "subtitle": plain(document.subtitle),
        "organ": plain(document.organ),
        "date_line": plain(document.date_line),
        "footer_note": plain(document.footer_note),
        "contents_title": plain(document.contents_title),
        "landscape": document.landscape,
        "paper": document.paper,
        "language": document.language,
        "cover": None if cover is None else [[plain(name), plain(value)] for name, value in cover.rows],
        "letterhead": None if head is None else [plain(head.organ), plain(head.number), plain(head.mark)],
        "blocks": [_block_data(block, document) for block in document.blocks],
        "fonts": {role: faces.chain(role, document.language) for role in ROLES},
    }


def _block_data(block: Block, document: Document) -> dict[str, Any]:
    match block:
        case Heading(level, text):
            return {"is": "heading", "level": level, "text": plain(text)}
        case Paragraph(text, indent):
            return {"is": "paragraph", "text": plain(text).split("\n"), "indent": indent}
        case KeyValues():
            lines = [[[cell.label, cell.value, cell.whole] for cell in line] for line in form_lines(block)]
            return {"is": "form", "columns": block.columns, "lines": lines}
        case Table():
            return _table_data(block, characters_across(document.landscape, document.paper))
        case HeatMap():
            return _heat_data(block)
        case Bars():
            return _bars_data(block)
        case Signature(lines):
            return {"is": "signature", "lines": [plain(line) for line in lines]}
        case PageBreak():
            return {"is": "page"}


def _table_data(block: Table, across: float) -> dict[str, Any]:
    grid = table_grid(block, across)
    rooms = [max(width * across - CELL_PADDING, 1.0) for width in grid.widths]

    def fitted(row: list[str]) -> list[str]:
        return [_breakable(cell, room) for cell, room in zip(row, rooms, strict=True)]

    return {
        "is": "table",
        "caption": plain(block.caption),
        "headings": fitted(grid.headings),
        "rows": [fitted(row) for row in grid.rows],
        "total": fitted(grid.total) if grid.total else [],
        "widths": grid.widths,
        "align": grid.align,
    }


def _breakable(text: str, room: float) -> str:
    """The text with places to break inside numbers and addresses longer than their column, else unchanged."""

    def with_breaks(found: re.Match[str]) -> str:
        word = found.group()
        if text_width(word) <= room:
            return word
        size = max(int(room * 2) - 1, 1)
        return "\u200b".join(word[start : start + size] for start in range(0, len(word), size))

    return _LONG_WORD.sub(with_breaks, text)


def _heat_data(block: HeatMap) -> dict[str, Any]:
    grid = heat_grid(block)
    return {
        "is": "heat",
        "caption": plain(block.caption),
        "columns": grid.columns,
        "rows": [
            {"label": label, "cells": [[n, heat_step(n, grid.peak)] for n in counts], "sum": total}
            for label, counts, total in grid.rows
        ],
        "foot": grid.foot,
        "total_label": grid.total_label,
        "label_width": max((text_width(label) for label, _counts, _total in grid.rows), default=2.0),
    }


def _bars_data(block: Bars) -> dict[str, Any]:
    return {
        "is": "bars",
        "caption": plain(block.caption),
        "target": block.target,
        "target_label": f"{plain(block.target_label)} {target_text(block.target or 0)}".strip(),
        "items": [
            {
                "label": plain(bar.label),
                "percent": bar.percent,
                "reached": block.target is None or (bar.share or 0.0) >= block.target,
                "counts": f"{bar.value}/{bar.of}",
                "share": bar.share_text,
                "note": plain(bar.note),
            }
            for bar in block.items
        ],
        "label_width": max((text_width(plain(bar.label)) for bar in block.items), default=2.0),
    }
