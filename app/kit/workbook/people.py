"""Cells about people: names, telephone and identity numbers, sex, nation."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from app.kit.i18n import _l
from app.kit.workbook.cell_text import NOTHING, SEPARATORS, UNSEEN, CellError, as_text, plain, shown
from app.kit.workbook.reading import Cell

MAX_NAME = 30

_HAN = "〇\u2e80-\u2fdf\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_SPREAD = re.compile(rf"(?<=[{_HAN}·]) | (?=·)")
_DOTS = re.compile(r"[•‧∙⋅・･．●](?=.)|(?<=[" + _HAN + r"])[.](?=[" + _HAN + r"])")
_ONE_HAN = re.compile(rf"[{_HAN}]")

_FIRST_MOBILE = 1.3e10
_CLEAN_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_MOBILE = re.compile(r"(?:(?:\+|00)?86)?(1[3-9]\d{9})", re.ASCII)
_LANDLINE = re.compile(
    r"(?:(?:\+|00)?86)?\(?(0(?:10|2\d|[3-9]\d{2}))\)?-?([2-9]\d{6,7})((?:-|转)\d{1,6})?", re.ASCII
)
_LOCAL = re.compile(r"[2-9]\d{6,7}(?:(?:-|转)\d{1,6})?|[48]00-?\d{3}-?\d{4}", re.ASCII)
_PHONE_SEPARATORS = re.compile(r"[、，,;；/／|\r\n]+|(?<=\d{7})\s+(?=[01]\d)", re.ASCII)
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−－ー", "-"))

# fmt: off
_NATIONS = frozenset({
    "汉族", "蒙古族", "回族", "藏族", "维吾尔族", "苗族", "彝族", "壮族",
    "布依族", "朝鲜族", "满族", "侗族", "瑶族", "白族", "土家族", "哈尼族",
    "哈萨克族", "傣族", "黎族", "傈僳族", "佤族", "畲族", "高山族", "拉祜族",
    "水族", "东乡族", "纳西族", "景颇族", "柯尔克孜族", "土族", "达斡尔族", "仫佬族",
    "羌族", "布朗族", "撒拉族", "毛南族", "仡佬族", "锡伯族", "阿昌族", "普米族",
    "塔吉克族", "怒族", "乌孜别克族", "俄罗斯族", "鄂温克族", "德昂族", "保安族", "裕固族",
    "京族", "塔塔尔族", "独龙族", "鄂伦春族", "赫哲族", "门巴族", "珞巴族", "基诺族",
})
# fmt: on
_NATION_SHORT = {
    "维": "维吾尔族",
    "维族": "维吾尔族",
    "蒙": "蒙古族",
    "蒙族": "蒙古族",
    "哈": "哈萨克族",
    "朝": "朝鲜族",
}
_NATION_OTHER = re.compile(r".{1,8}[族人]|其他|未识别.{0,4}|外国.{0,8}|.{0,6}入籍.{0,4}")
_SEXES = {"男": "male", "男性": "male", "m": "male", "male": "male", "1": "male",
          "女": "female", "女性": "female", "f": "female", "female": "female", "2": "female"}  # fmt: skip
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def name(cell: Cell) -> str | None:
    """A person's name of at most 30 characters: 王　波 becomes 王波; rare characters and · stay."""
    if type(cell) is str and cell.isalpha() and len(cell) <= MAX_NAME:
        return cell
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    if not isinstance(cell, str):
        raise CellError(_l("“%(value)s”不是姓名；请填写文字。", value=shown(cell)))
    value = _SPREAD.sub("", _DOTS.sub("·", " ".join(UNSEEN.sub("", cell).split())))
    if len(value) > MAX_NAME:
        raise CellError(
            _l(
                "姓名过长（%(length)d 字）；请只填写姓名，不超过 %(most)d 字。",
                length=len(value),
                most=MAX_NAME,
            )
        )
    # C: characters newer than this Python, and private ones, which offices use for rare names.
    if not any(unicodedata.category(letter)[0] in "LC" for letter in value):
        raise CellError(_l("“%(value)s”不是姓名；请填写文字。", value=shown(cell)))
    return value


def phone(cell: Cell) -> str | None:
    """A mobile or landline number as digits (landlines 0731-85309270); of several, the first."""
    if cell is None or (type(cell) is str and _CLEAN_MOBILE.fullmatch(cell)):
        return cell
    if type(cell) is float and _FIRST_MOBILE <= cell < 2e10 and cell.is_integer():
        return str(int(cell))
    value = unicodedata.normalize("NFKC", as_text(cell))
    first = next((piece for piece in _PHONE_SEPARATORS.split(value) if piece.strip()), "")
    digits = re.sub(r"[\s.·_*]", "", first).translate(_DASHES)
    if digits in NOTHING:
        return None
    if mobile := _MOBILE.fullmatch(re.sub(r"[-()]", "", digits)):
        return mobile[1]
    if landline := _LANDLINE.fullmatch(digits):
        return f"{landline[1]}-{landline[2]}{(landline[3] or '').replace('转', '-')}"
    if _LOCAL.fullmatch(digits):
        return digits.replace("转", "-")
    raise CellError(
        _l("“%(value)s”不是电话号码；请填写 11 位手机号码，或“区号-号码”的固定电话。", value=shown(cell))
    )


def names_list(cell: Cell) -> tuple[str, ...]:
    """Names parted by 、 ， ; / a new line or blanks, each once; 汤　荣、王波 is two names."""
    if cell is None:
        return ()
    found: list[str] = []
    for piece in SEPARATORS.split(as_text(cell)):
        words = piece.split()
        singles = all(_ONE_HAN.fullmatch(word) for word in words)
        if singles and len(words) in (2, 3):
            words = ["".join(words)]
        elif not any(_ONE_HAN.search(word) for word in words):
            words = [" ".join(words)]
        while words:
            word = words.pop(0)
            if len(word) == 1 and words and len(words[0]) == 1:
                word += words.pop(0)
            found.append(name(word) or "")
    return tuple(dict.fromkeys(filter(None, found)))


def nation(cell: Cell) -> str | None:
    """A nation's full name: 汉 becomes 汉族."""
    if type(cell) is str and cell in _NATIONS:
        return cell
    value = plain(cell)
    if value in NOTHING:
        return None
    for full in (value, f"{value}族", _NATION_SHORT.get(value, "")):
        if full in _NATIONS:
            return full
    if _NATION_OTHER.fullmatch(value):
        return value
    raise CellError(_l("“%(value)s”不是民族名称；请填写如“汉族”“苗族”。", value=shown(cell)))


def sex(cell: Cell) -> str | None:
    """The key male or female, from 男, 女性, M, or the codes 1 and 2 of GB/T 2261.1."""
    if type(cell) is str and cell in _SEXES:
        return _SEXES[cell]
    value = plain(cell).casefold()
    if value in NOTHING:
        return None
    if value not in _SEXES:
        raise CellError(_l("“%(value)s”不是性别；请填写“男”或“女”。", value=shown(cell)))
    return _SEXES[value]


def id_number(cell: Cell) -> str | None:
    """An 18-character identity number with a real date and the right check character (GB 11643).

    The area code is not checked: numbers issued under abolished codes are valid. Messages do not repeat the
    number, which is nobody else's business.
    """
    if isinstance(cell, float | int):
        raise CellError(_l("身份证号须为文本格式；请把单元格设为文本后重新填写，否则末尾几位会丢失。"))
    value = plain(cell).upper()
    if value in NOTHING:
        return None
    if not re.fullmatch(r"[0-9]{17}[0-9X]", value):
        raise CellError(_l("身份证号须为 18 位；请核对后重新填写。"))
    try:
        date(int(value[6:10]), int(value[10:12]), int(value[12:14]))
    except ValueError:
        raise CellError(_l("身份证号中的出生日期不存在；请核对。")) from None
    total = sum(int(digit) * weight for digit, weight in zip(value, _ID_WEIGHTS, strict=False))
    if "10X98765432"[total % 11] != value[17]:
        raise CellError(_l("身份证号的校验位不对；请核对每一位。"))
    return value
