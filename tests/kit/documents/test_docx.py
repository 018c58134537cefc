"""The .docx: read back with python-docx and as XML."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from docx import Document as read_word_file
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from app.kit.documents import (
    Bar,
    Bars,
    Cell,
    Document,
    KeyValues,
    Letterhead,
    PageBreak,
    Paragraph,
    Table,
    render_docx,
    render_pdf,
)

from .samples import FULL, MARKUP, RARE_NAMES, marked_up


def opened(document: Document) -> Any:
    return read_word_file(BytesIO(render_docx(document)))


def xml_of(document: Document, name: str = "word/document.xml") -> str:
    with ZipFile(BytesIO(render_docx(document))) as archive:
        return archive.read(name).decode()


def test_page_and_margins_follow_the_standard() -> None:
    for section in opened(FULL).sections:
        assert abs(section.page_width - Mm(210)) < Mm(0.1)
        margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
        for found, wanted in zip(margins, (37, 35, 28, 26), strict=True):
            assert abs(found - Mm(wanted)) < Mm(0.1)


def test_a_lying_page_keeps_the_text_block() -> None:
    section = opened(Document("一览表", landscape=True)).sections[0]
    assert section.page_width > section.page_height
    assert abs(section.page_width - section.left_margin - section.right_margin - Mm(225)) < Mm(0.1)


@pytest.mark.parametrize(
    ("style", "face", "size"),
    [
        ("Normal", "仿宋_GB2312", 16),
        ("公文标题", "方正小标宋简体", 22),
        ("Heading 1", "黑体", 16),
        ("Heading 2", "楷体_GB2312", 16),
        ("Heading 3", "仿宋_GB2312", 16),
        ("表格文字", "仿宋_GB2312", 10.5),
        ("表单文字", "仿宋_GB2312", 12),
    ],
)
def test_styles_name_the_office_typefaces(style: str, face: str, size: float) -> None:
    found = opened(FULL).styles[style]
    assert found.element.rPr.rFonts.get(qn("w:eastAsia")) == face
    assert found.font.size == Pt(size)


def test_body_has_fixed_lines_and_an_indent_of_two_characters() -> None:
    word = opened(FULL)
    assert word.styles["Normal"].paragraph_format.line_spacing.pt == pytest.approx(28.95)
    paragraph = next(paragraph for paragraph in word.paragraphs if paragraph.text.startswith("2021年"))
    assert paragraph.paragraph_format.first_line_indent == Pt(32)


def test_a_machine_without_the_office_typefaces_is_told_what_to_take() -> None:
    fonts = xml_of(FULL, "word/fontTable.xml")
    assert re.search(r'w:name="仿宋_GB2312"><w:altName w:val="仿宋"/>', fonts)


def test_page_numbers_change_sides_and_begin_after_the_cover() -> None:
    word = opened(FULL)
    assert word.settings.odd_and_even_pages_header_footer
    text = word.sections[-1]
    assert text._sectPr.find(qn("w:pgNumType")).get(qn("w:start")) == "1"
    odd, even = text.footer.paragraphs[0], text.even_page_footer.paragraphs[0]
    assert odd.text.split("\t") == ["履职台账生成", "— 1 —"]
    assert even.text.split("\t") == ["— 1 —", "履职台账生成"]
    assert word.sections[0].footer.is_linked_to_previous


def test_table_headings_repeat_and_rows_stay_whole() -> None:
    table = opened(FULL).tables[2]
    assert [cell.text for cell in table.rows[0].cells] == ["序号", "姓名", "出席", "比例"]
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)
    assert [row.cells[1].text for row in table.rows[1:]] == [*RARE_NAMES, "合计"]


def test_properties_and_no_macros() -> None:
    data = render_docx(FULL)
    properties = read_word_file(BytesIO(data)).core_properties
    assert properties.title == "代表履职档案"
    assert properties.author == "华容县人大常委会代表工作委员会"
    assert "python-docx" not in properties.comments
    with ZipFile(BytesIO(data)) as archive:
        assert not [name for name in archive.namelist() if "vba" in name.lower()]


def test_what_people_type_stays_text() -> None:
    text = "\n".join(paragraph.text for paragraph in opened(marked_up()).paragraphs)
    for piece in MARKUP:
        assert piece in text


def test_control_characters_do_not_spoil_the_file() -> None:
    word = opened(Document("标题", blocks=[Paragraph("甲\x00\x0b乙"), KeyValues([("丙\x01", "丁\ud800")])]))
    assert "甲乙" in "".join(paragraph.text for paragraph in word.paragraphs)
    assert word.tables[0].rows[0].cells[1].text == "丁"


def test_a_page_break_leaves_no_empty_paragraph() -> None:
    word = opened(Document("标题", blocks=[Paragraph("前"), PageBreak(), Paragraph("后")]))
    after = word.paragraphs[-1]
    assert after.text == "后"
    assert after.paragraph_format.page_break_before
    assert word.paragraphs[-2].text == "前"


def test_bars_stay_within_the_columns_word_allows() -> None:
    bars = Bars([Bar(f"乡镇{n}", n, 60, note="备注") for n in range(0, 61, 5)], 1 / 3, "目标")
    table = opened(Document("图", blocks=[bars])).tables[0]
    assert len(table._tbl.tblGrid.gridCol_lst) <= 63
    spans = {
        sum(int(cell.tcPr.gridSpan.val) if cell.tcPr.gridSpan is not None else 1 for cell in row.tc_lst)
        for row in table._tbl.tr_lst
    }
    assert spans == {len(table._tbl.tblGrid.gridCol_lst)}
    assert "目标 33.3%" in xml_of(Document("图", blocks=[bars]))


def test_english_quotation_marks_come_from_the_latin_typeface() -> None:
    assert 'w:hint="eastAsia"' in xml_of(Document("标题", blocks=[Paragraph("“甲”")]))
    assert 'w:hint="eastAsia"' not in xml_of(Document("Title", blocks=[Paragraph("“A”")], language="en"))


def test_a_list_of_two_thousand_rows() -> None:
    rows: list[list[Cell]] = [[n, f"代表{n}", "章华镇", n, n, "30.0%"] for n in range(2000)]
    word = opened(Document("名册", blocks=[Table(["序号", "姓名", "乡镇", "甲", "乙", "丙"], rows)]))
    assert len(word.tables[0]._tbl.tr_lst) == 2001


def test_a_letter_has_its_class_at_the_top_right_and_the_organ_over_a_red_line() -> None:
    head = Letterhead("县水利局", "县水函〔2026〕3号", "类别：B")
    letter = Document(
        "关于第3号建议的答复", organ="县水利局", blocks=[Paragraph("某代表：", False)], letterhead=head
    )
    lines = opened(letter).paragraphs
    assert [line.text for line in lines[:4]] == [
        "类别：B",
        "县水利局",
        "县水函〔2026〕3号",
        "关于第3号建议的答复",
    ]
    assert lines[0].style.paragraph_format.alignment == WD_ALIGN_PARAGRAPH.RIGHT
    assert lines[2]._p.pPr.find(qn("w:pBdr")) is not None
    assert [line.text for line in lines].count("县水利局") == 1
    assert render_pdf(letter).startswith(b"%PDF")
