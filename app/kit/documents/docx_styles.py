"""The named styles of a Word file: an office that changes one changes it everywhere in the document."""

from __future__ import annotations

from docx.document import Document as WordFile
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.oxml import serialize_part_xml
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor
from docx.styles.style import ParagraphStyle

from app.kit.documents.wordxml import element, set_face, set_letter_spacing

TITLE_FACE, HEI_FACE, SONG_FACE = "方正小标宋简体", "黑体", "宋体"
BODY_FACE, KAI_FACE = "仿宋_GB2312", "楷体_GB2312"
# What Word and WPS take where the typeface is not installed; both come with Windows or Office.
STAND_INS = {TITLE_FACE: "华文中宋", BODY_FACE: "仿宋", KAI_FACE: "楷体"}
LINE = Pt(28.95)
RED = "B4232A"

TITLE, COVER_TITLE, COVER_TEXT, CONTENTS_TITLE = "公文标题", "封面标题", "封面文字", "目录标题"
SUBTITLE, BYLINE, CAPTION, GAP = "副标题", "署名日期", "表题", "表间空行"
CELL, HEAD, FORM, FORM_HEAD = "表格文字", "表格标题", "表单文字", "表单标题"
COVER_VALUE, COVER_LABEL = "封面内容", "封面栏目"
MARK, ORGAN, NUMBER = "右上标识", "发文机关", "发文字号"


def define_styles(word: WordFile, chinese: bool) -> None:
    """Styles of GB/T 9704: sizes, typefaces, line pitch. English text, which has no 黑体, is bold instead."""
    _define_normal(word, chinese)
    bold = not chinese
    for level, face in ((1, HEI_FACE), (2, KAI_FACE), (3, BODY_FACE)):
        heading = _style(word, f"Heading {level}")
        _set(heading, face, 16, LINE, bold=bold or level > 1, before=10 if level == 1 else 0)
        heading.paragraph_format.first_line_indent = Pt(32) if chinese else None
        heading.paragraph_format.keep_with_next = True
    _add(word, TITLE, TITLE_FACE, 22, 35, bold=bold, centred=True)
    _add(word, COVER_TITLE, TITLE_FACE, 36, 52, bold=bold, centred=True)
    _add(word, COVER_TEXT, KAI_FACE, 18, 32, centred=True)
    _add(word, CONTENTS_TITLE, HEI_FACE, 22, 40, bold=bold, centred=True, after=16)
    _add(word, SUBTITLE, KAI_FACE, 16, 28.95, centred=True)
    _add(word, BYLINE, KAI_FACE, 14, 24, centred=True, after=12)
    _add(word, CAPTION, HEI_FACE, 12, 20, bold=bold, centred=True, before=10, after=4, keep=True)
    _add(word, GAP, BODY_FACE, 6, 10)
    _add(word, CELL, BODY_FACE, 10.5, 14)
    _add(word, HEAD, HEI_FACE, 10.5, 14, bold=bold, centred=True)
    _add(word, FORM, BODY_FACE, 12, 17)
    _add(word, FORM_HEAD, HEI_FACE, 12, 17, bold=bold, centred=True)
    _add(word, COVER_VALUE, BODY_FACE, 16, 28, centred=True)
    _add(word, COVER_LABEL, HEI_FACE, 16, 28, bold=bold)
    _add(word, MARK, HEI_FACE, 16, 28.95, bold=bold)
    _style(word, MARK).paragraph_format.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _add(word, ORGAN, TITLE_FACE, 30, 46, bold=bold, centred=True, before=12)
    _style(word, ORGAN).font.color.rgb = RGBColor.from_string(RED)
    _add(word, NUMBER, BODY_FACE, 16, 28.95, centred=True, before=6)
    _set_chinese_typography(word)
    _name_stand_ins(word)


def _define_normal(word: WordFile, chinese: bool) -> None:
    normal = _style(word, "Normal")
    _set(normal, BODY_FACE, 16, LINE)
    looks = normal.element.get_or_add_rPr()
    looks.append(element("lang", val="zh-CN" if chinese else "en-GB", eastAsia="zh-CN"))
    if chinese:
        # 28 characters of 16 pt on a line of 156 mm, and no gaps between figures and characters.
        set_letter_spacing(looks, -4)
        form = normal.element.get_or_add_pPr()
        following = ("w:bidi", "w:adjustRightInd", "w:snapToGrid", "w:spacing", "w:ind", "w:jc")
        form.insert_element_before(element("autoSpaceDE", val=0), *following)
        form.insert_element_before(element("autoSpaceDN", val=0), *following)


def _set_chinese_typography(word: WordFile) -> None:
    """Punctuation closes up as Chinese wants it; the template of python-docx says the contrary."""
    settings = word.settings.element
    for control in settings.iter(qn("w:characterSpacingControl")):
        control.set(qn("w:val"), "compressPunctuation")
    for language in settings.iter(qn("w:themeFontLang")):
        language.set(qn("w:eastAsia"), "zh-CN")


def _style(word: WordFile, name: str) -> ParagraphStyle:
    style = word.styles[name]
    if not isinstance(style, ParagraphStyle):
        raise TypeError(f"{name} is not a paragraph style")
    return style


def _add(
    word: WordFile,
    name: str,
    face: str,
    size: float,
    line: float,
    *,
    bold: bool = False,
    centred: bool = False,
    before: float = 0,
    after: float = 0,
    keep: bool = False,
) -> None:
    word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style = _style(word, name)
    style.base_style = word.styles["Normal"]
    _set(style, face, size, Pt(line), bold=bold, before=before, after=after)
    set_letter_spacing(style.element.get_or_add_rPr(), 0)
    style.paragraph_format.keep_with_next = keep
    if centred:
        style.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _set(
    style: ParagraphStyle,
    face: str,
    size: float,
    line: Pt,
    *,
    bold: bool = False,
    before: float = 0,
    after: float = 0,
) -> None:
    style.font.size, style.font.bold, style.font.italic = Pt(size), bold, False
    style.font.color.rgb = RGBColor(0, 0, 0)
    set_face(style.element.get_or_add_rPr(), face)
    form = style.paragraph_format
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, line
    form.space_before, form.space_after = Pt(before), Pt(after)


def _name_stand_ins(word: WordFile) -> None:
    """Notes in the file's list of typefaces what to use where the office has not got the one asked for."""
    part = word.part.part_related_by(RELATIONSHIP_TYPE.FONT_TABLE)
    listed = parse_xml(part.blob)
    for face, stand_in in STAND_INS.items():
        font = element("font", name=face)
        font.append(element("altName", val=stand_in))
        font.append(element("charset", val=86))
        listed.append(font)
    part._blob = serialize_part_xml(listed)
