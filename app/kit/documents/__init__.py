"""Formal documents: described once, printed as .docx (editable) and .pdf in the layout of GB/T 9704—2012."""

from app.kit.charts import Bar
from app.kit.documents.docx import render_docx
from app.kit.documents.fonts import MissingGlyphs, missing_characters
from app.kit.documents.model import (
    Bars,
    Block,
    Cell,
    Cover,
    Document,
    Heading,
    HeatMap,
    KeyValues,
    Letterhead,
    PageBreak,
    Paragraph,
    Signature,
    Table,
)
from app.kit.documents.pdf import render_pdf

__all__ = [
    "Bar",
    "Bars",
    "Block",
    "Cell",
    "Cover",
    "Document",
    "Heading",
    "HeatMap",
    "KeyValues",
    "Letterhead",
    "MissingGlyphs",
    "PageBreak",
    "Paragraph",
    "Signature",
    "Table",
    "missing_characters",
    "render_docx",
    "render_pdf",
]
