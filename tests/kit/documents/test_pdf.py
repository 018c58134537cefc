"""The .pdf: its text taken out again with pdftotext."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from app.kit.documents import (
    Block,
    Cell,
    Document,
    KeyValues,
    MissingGlyphs,
    Paragraph,
    Table,
    missing_characters,
    render_pdf,
)
from app.kit.documents import fonts as document_fonts
from app.kit.errors import DomainError

from .samples import FULL, MARKUP, RARE_NAMES, marked_up

if missing_characters("中䶮"):
    pytest.skip("no Chinese typeface on this machine (package fonts-noto-cjk)", allow_module_level=True)

reads_text = pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="pdftotext is not installed (package poppler-utils)"
)


def page_texts(data: bytes) -> list[str]:
    """The text of each page of a PDF."""
    done = subprocess.run(["pdftotext", "-raw", "-", "-"], input=data, capture_output=True, check=True)
    return done.stdout.decode().split("\f")[:-1]


def text_of(data: bytes) -> str:
    """The text of a PDF without white space, which typesetting moves about."""
    return "".join("".join(page_texts(data)).replace("\u200b", "").split())


@reads_text
def test_every_text_of_the_document_is_in_the_file() -> None:
    text = text_of(render_pdf(FULL))
    for piece in (
        *RARE_NAMES,
        "代表履职档案",
        "（第十八届）",
        "目录",
        "一、基本情况",
        "华容县章华镇石伏村党总支书记、村民委员会主任",
        "2021年12月当选。",
        "“代表接待群众日”",
        "合计4530.0%",
        "走访选民",
        "会议目标30%",
        "31/60",
        "51.7%",
        "逾期2名",
        "—1—",
        "履职台账生成",
        "2024年3月31日",
    ):
        assert piece in text, piece


def test_it_is_pdf_a_2b_and_carries_its_title() -> None:
    data = render_pdf(FULL)
    assert data.startswith(b"%PDF-1.7")
    assert b"pdfaid:part>2<" in data or b"pdfaid:part>2" in data.replace(b'="', b">")
    assert "代表履职档案".encode() in data


@reads_text
def test_what_people_type_is_printed_not_obeyed() -> None:
    text = text_of(render_pdf(marked_up()))
    for piece in MARKUP:
        assert text.count("".join(piece.split())) >= 3, piece
    assert "root:" not in text


def test_characters_without_a_glyph_are_named() -> None:
    document = Document("名册", blocks=[KeyValues([("姓名", "王\ue863"), ("备注", "👍好👍")])])
    with pytest.raises(MissingGlyphs) as caught:
        render_pdf(document)
    assert caught.value.characters == ["\ue863", "👍"]
    assert isinstance(caught.value, DomainError)
    for piece in ("U+E863", "👍（U+1F44D）", "fonts-noto-cjk", ".docx"):
        assert piece in str(caught.value)


def test_a_machine_without_chinese_typefaces_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    bare = document_fonts._typefaces(None, include_system=False)
    monkeypatch.setattr("app.kit.documents.pdf.typefaces", lambda fonts_dir: bare)
    with pytest.raises(MissingGlyphs) as caught:
        render_pdf(Document("代表", blocks=[Paragraph("abc é")]))
    assert caught.value.characters == ["代", "表"]


def test_missing_characters_ignores_what_is_invisible() -> None:
    assert missing_characters("王龑㛃䶮𬭎𫖯\n\t\u200b\ufe00\ufeff abc “—·①√”") == []
    assert missing_characters("甲\ue000乙\ue000\ue001") == ["\ue000", "\ue001"]


def test_a_typeface_in_the_configured_folder_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    faces = document_fonts.typefaces()
    path, _index = faces.faces[faces.families[0]][0]
    shutil.copy(path, tmp_path)
    monkeypatch.setenv(document_fonts.FONTS_DIR_VARIABLE, str(tmp_path))
    document_fonts._typefaces.cache_clear()
    found = document_fonts._typefaces(document_fonts.configured_folder(), include_system=False)
    assert found.missing("王龑㛃䶮𬭎𫖯") == []
    assert render_pdf(Document("代表")).startswith(b"%PDF")


@reads_text
def test_a_list_of_two_thousand_rows_repeats_its_heading() -> None:
    rows: list[list[Cell]] = [[n, f"代表{n}号", "章华镇", n, n, "30.0%"] for n in range(2000)]
    table = Table(["序号", "姓名", "乡镇", "甲", "乙", "丙"], rows, total_row=["", "合计", "", 7, 8, "9.0%"])
    data = render_pdf(Document("名册", blocks=[table]))
    text = text_of(data)
    pages = len(page_texts(data))
    assert pages > 40
    assert text.count("序号姓名乡镇甲乙丙") == pages
    assert all(f"代表{n}号" in text for n in range(2000))


@reads_text
@pytest.mark.parametrize("count", range(24, 31))
def test_a_total_never_stands_alone_on_its_page(count: int) -> None:
    table = Table(["序号", "乡镇"], [[n, f"第{n}乡"] for n in range(count)], total_row=["", "合计"])
    last = [page for page in page_texts(render_pdf(Document("表", blocks=[table]))) if "合计" in page]
    assert f"第{count - 1}乡" in last[0]


@reads_text
def test_an_address_longer_than_its_column_breaks_inside_the_cell() -> None:
    long = "https://example.org/" + "a1b2c3" * 20
    text = text_of(render_pdf(Document("表", blocks=[Table(["网址", "名"], [[long, "甲"]], widths=[1, 1])])))
    assert long in text


@pytest.mark.parametrize("landscape", [False, True])
def test_an_empty_document_and_empty_blocks_render(landscape: bool) -> None:
    blocks: list[Block] = [Table(["甲"], []), Table(["甲"], [], total_row=[0]), KeyValues([])]
    assert render_pdf(Document("空", blocks=blocks, landscape=landscape)).startswith(b"%PDF")
