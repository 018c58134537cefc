"""The .docx of a document: editable in Word and WPS, with the typefaces' office names kept in the file."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from typing import Any

from docx import Document as new_word_file
from docx.document import Document as WordFile
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml.text.paragraph import CT_P
from docx.section import Section
from docx.shared import Length, Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph as WordParagraph

from app.kit import clock
from app.kit.documents import docx_styles as styles
from app.kit.documents import docx_tables as tables
from app.kit.documents.model import (
    Bars,
    Block,
    Cover,
    Document,
    Heading,
    HeatMap,
    KeyValues,
    Letterhead,
    PageBreak,
    Paper,
    Paragraph,
    Signature,
    Table,
    plain,
    text_width,
)
from app.kit.documents.wordxml import (
    WordTable,
    add_field,
    add_text,
    begin_page_numbers_at_one,
    element,
    set_face,
    table_element,
)

GREY = RGBColor(0x60, 0x60, 0x60)


def render_docx(document: Document) -> bytes:
    """The document as a Word file. Raises ``ValueError`` where rows do not fit their headings."""
    return _Writer(document).write()


@cache
def _empty_file(chinese: bool) -> bytes:
    """A file with nothing but our styles: defining them takes longer than writing a short document."""
    word = new_word_file()
    styles.define_styles(word, chinese)
    out = BytesIO()
    word.save(out)
    return out.getvalue()


class _Writer:
    """Writes one document from front to back."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.chinese = document.language == "zh"
        self.word: WordFile = new_word_file(BytesIO(_empty_file(self.chinese)))

    def write(self) -> bytes:
        document, word = self.document, self.word
        _set_properties(word, document)
        word.settings.odd_and_even_pages_header_footer = True
        _set_page(word.sections[0], document.landscape, document.paper)
        if document.cover is not None:
            self.write_cover(document.cover)
        if document.contents_title:
            self.write_contents()
        if document.cover is not None or document.contents_title:
            word.add_section(WD_SECTION.NEW_PAGE)
        begin_page_numbers_at_one(word.sections[-1]._sectPr)
        _write_footers(word.sections[-1], plain(document.footer_note))
        if document.cover is None:
            self.write_head()
        self.write_blocks()
        out = BytesIO()
        word.save(out)
        return out.getvalue()

    def line(self, text: str, style: str, *, before: float | None = None) -> WordParagraph:
        """One paragraph in a named style; ``before`` is room above it in points."""
        paragraph = self.word.add_paragraph(style=style)
        add_text(paragraph, plain(text), self.chinese)
        if before is not None:
            paragraph.paragraph_format.space_before = Pt(before)
        return paragraph

    def table(self, table: WordTable) -> None:
        """A table at the end of the document, and the paragraph that Word wants after it."""
        self.word._body._body.insert_element_before(table_element(table, self.chinese), "w:sectPr")
        self.word.add_paragraph(style=styles.GAP)

    # ---- front matter ----

    def write_cover(self, cover: Cover) -> None:
        document = self.document
        room = self.cover_room(cover)
        self.line(document.title, styles.COVER_TITLE, before=room * 0.22)
        if document.subtitle:
            self.line(document.subtitle, styles.COVER_TEXT, before=8)
        if cover.rows:
            self.line("", styles.GAP, before=room * 0.33)
            self.table(tables.cover_table(cover.rows))
        gap = room * 0.45
        for text in filter(None, (document.organ, document.date_line)):
            self.line(text, styles.COVER_TEXT, before=gap)
            gap = 0

    def cover_room(self, cover: Cover) -> float:
        """Points left over on the cover, to be shared out between its parts."""
        document = self.document
        height: float = Mm(156 if document.landscape else 225).pt
        rows = sum(-(-text_width(plain(value)) // 13) for _name, value in cover.rows)
        texts = sum(bool(text) for text in (document.subtitle, document.organ, document.date_line))
        return max(height - 52 * (1 + document.title.count("\n")) - 34 * rows - 34 * texts - 60, 0.0)

    def write_contents(self) -> None:
        """Names of the parts. Word works out page numbers when the reader has the field updated."""
        document = self.document
        title = self.line(document.contents_title, styles.CONTENTS_TITLE)
        title.paragraph_format.page_break_before = document.cover is not None
        paragraph = self.word.add_paragraph()
        code = element("instrText")
        code.text = r'TOC \o "1-1" \h \z \u'
        paragraph.add_run()._r.append(element("fldChar", fldCharType="begin"))
        paragraph.add_run()._r.append(code)
        paragraph.add_run()._r.append(element("fldChar", fldCharType="separate"))
        names = [block.text for block in document.blocks if isinstance(block, Heading) and block.level == 1]
        for place, name in enumerate(names):
            paragraph = self.word.add_paragraph() if place else paragraph
            add_text(paragraph, plain(name), self.chinese)
        paragraph.add_run()._r.append(element("fldChar", fldCharType="end"))

    def write_letterhead(self, head: Letterhead) -> None:
        """Class at the top right, the organ's name in red, number, and the red line (GB/T 9704)."""
        if head.mark:
            self.line(head.mark, styles.MARK)
        self.line(head.organ, styles.ORGAN)
        number = self.line(head.number, styles.NUMBER)
        borders = element("pBdr")
        borders.append(element("bottom", val="single", sz=12, space=4, color=styles.RED))
        number._p.get_or_add_pPr().insert_element_before(
            borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc"
        )

    def write_head(self) -> None:
        document = self.document
        if document.letterhead is not None:
            self.write_letterhead(document.letterhead)
            self.line(document.title, styles.TITLE, before=16).paragraph_format.space_after = Pt(8)
            return
        self.line(document.title, styles.TITLE).paragraph_format.space_after = Pt(8)
        if document.subtitle:
            self.line(document.subtitle, styles.SUBTITLE)
        by = [text for text in (document.organ, document.date_line) if text]
        if by:
            self.line("\u3000".join(by), styles.BYLINE)

    # ---- blocks ----

    def write_blocks(self) -> None:
        """Blocks in turn; a page break becomes a property of what follows it, so no blank line is left."""
        body = self.word.element.body
        new_page = False
        for block in self.document.blocks:
            before = len(body) - 1
            self.write_block(block)
            if new_page and len(body) - 1 > before:
                self.begin_page(body[before])
            new_page = isinstance(block, PageBreak)

    def begin_page(self, first: Any) -> None:
        if not isinstance(first, CT_P):
            gap = self.word.add_paragraph(style=styles.GAP)._p
            first.addprevious(gap)
            first = gap
        WordParagraph(first, self.word._body).paragraph_format.page_break_before = True

    def write_block(self, block: Block) -> None:
        landscape = self.document.landscape
        match block:
            case Heading(level, text):
                self.line(text, f"Heading {level}")
            case Paragraph(text, indent):
                self.write_paragraphs(text, indent)
            case Signature(lines):
                self.write_signature([plain(line) for line in lines])
            case KeyValues():
                self.write_caption("")
                self.table(tables.form_table(block, landscape))
            case Table():
                self.write_caption(block.caption)
                self.table(tables.data_table(block, landscape, self.document.paper))
            case HeatMap():
                self.write_caption(block.caption)
                self.table(tables.heat_table(block, landscape))
            case Bars():
                self.write_caption(block.caption)
                self.table(tables.bars_table(block, landscape))
            case PageBreak():
                return

    def write_caption(self, caption: str) -> None:
        """What a table is about, or the room above a table without such a line."""
        if caption:
            self.line(caption, styles.CAPTION)
        else:
            self.word.add_paragraph(style=styles.GAP).paragraph_format.keep_with_next = True

    def write_paragraphs(self, text: str, indent: bool) -> None:
        for part in plain(text).split("\n"):
            form = self.line(part, "Normal").paragraph_format
            form.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
            if indent and self.chinese:
                form.first_line_indent = Pt(32)

    def write_signature(self, lines: list[str]) -> None:
        for place, text in enumerate(lines):
            form = self.line(text, "Normal", before=styles.LINE.pt if place == 0 else 0).paragraph_format
            form.alignment, form.right_indent = WD_ALIGN_PARAGRAPH.RIGHT, Pt(64)
            form.keep_with_next = place < len(lines) - 1


def _set_properties(word: WordFile, document: Document) -> None:
    properties = word.core_properties
    properties.title = plain(document.title).replace("\n", "")
    properties.author = plain(document.organ)
    properties.comments = ""
    properties.language = "zh-CN" if document.language == "zh" else "en"
    properties.created = properties.modified = clock.now().replace(tzinfo=None)


def _set_page(section: Section, landscape: bool, paper: Paper) -> None:
    """A4 with a text block of 156 by 225 mm, upright or lying, or A3; the page number 7 mm under it."""
    short, long = (Mm(297), Mm(420)) if paper == "a3" else (Mm(210), Mm(297))
    section.page_width, section.page_height = (long, short) if landscape else (short, long)
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    top, bottom, left, right = (28, 26, 37, 35) if landscape else (37, 35, 28, 26)
    section.top_margin, section.bottom_margin = Mm(top), Mm(bottom)
    section.left_margin, section.right_margin = Mm(left), Mm(right)
    section.header_distance, section.footer_distance = Mm(15), Mm(bottom - 15)


def _text_width(section: Section) -> Length:
    page, left, right = section.page_width, section.left_margin, section.right_margin
    return Mm(round(((page or 0) - (left or 0) - (right or 0)) / Mm(1)))


def _write_footers(section: Section, note: str) -> None:
    """``— 1 —``, odd at the right and even at the left, one character in; the note on the other side."""
    width = _text_width(section)
    for footer, odd in ((section.footer, True), (section.even_page_footer, False)):
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        paragraph.style = "Normal"
        form = paragraph.paragraph_format
        form.left_indent = None if odd else Pt(14)
        form.tab_stops.add_tab_stop(Length(width - (Pt(14) if odd else 0)), WD_TAB_ALIGNMENT.RIGHT)
        if odd:
            _write_note(paragraph, note)
            paragraph.add_run("\t")
        _write_page_number(paragraph)
        if not odd:
            paragraph.add_run("\t")
            _write_note(paragraph, note)


def _write_page_number(paragraph: WordParagraph) -> None:
    for run in (paragraph.add_run("— "), add_field(paragraph, " PAGE ", "1"), paragraph.add_run(" —")):
        run.font.size = Pt(14)
        set_face(run._r.get_or_add_rPr(), styles.SONG_FACE, styles.SONG_FACE)


def _write_note(paragraph: WordParagraph, note: str) -> None:
    run = paragraph.add_run(note)
    run.font.size, run.font.color.rgb = Pt(9), GREY
    set_face(run._r.get_or_add_rPr(), styles.SONG_FACE)
