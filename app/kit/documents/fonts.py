"""Which typefaces a PDF is set in, and whether they hold every character of it.

An office that owns the typefaces of GB/T 9704 (小标宋, 仿宋, 楷体, 黑体) installs them or puts them in the
configured folder; Noto CJK SC stands in for what is missing. A character that no typeface holds would be
printed as a box, silently, and it is always somebody's name: so it is an error that names it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import typst
from fontTools.ttLib import TTFont

from app.kit.documents.model import plain
from app.kit.errors import DomainError
from app.kit.i18n import _

FONTS_DIR_VARIABLE = "LVZHI_FONTS_DIR"
PACKAGE = "fonts-noto-cjk"

# Per role the families an office may own, best first; English and Chinese names of the same typeface.
ROLES: dict[str, tuple[str, ...]] = {
    "title": (
        "FZXiaoBiaoSong-B05S",
        "方正小标宋简体",
        "FZXiaoBiaoSong-B05",
        "方正小标宋_GBK",
        "STZhongsong",
        "华文中宋",
    ),
    "body": ("FangSong_GB2312", "仿宋_GB2312", "FangSong", "仿宋", "STFangsong", "华文仿宋"),
    "kai": ("KaiTi_GB2312", "楷体_GB2312", "KaiTi", "楷体", "STKaiti", "华文楷体", "LXGW WenKai"),
    "hei": ("SimHei", "黑体", "STHeiti", "华文黑体", "Noto Sans CJK SC", "Source Han Sans SC"),
    "song": ("SimSun", "宋体", "STSong", "华文宋体"),
}
# Behind each role, in this order, whatever holds the characters the role's own typeface lacks.
FALLBACKS = (
    "Noto Serif CJK SC",
    "Source Han Serif SC",
    "Noto Serif SC",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "SimSun",
    "SimSun-ExtB",
    "SimSun-ExtG",
    "Microsoft YaHei",
    "LXGW WenKai",
)
EMBEDDED_LATIN = "Libertinus Serif"
LATIN = ("Times New Roman", "Liberation Serif", EMBEDDED_LATIN)
_EMBEDDED_CHARACTERS = frozenset(map(chr, [*range(0x20, 0x7F), *range(0xA0, 0x180)]))
_VARIATION_SELECTORS = frozenset(map(chr, range(0xFE00, 0xFE10)))
_INVISIBLE = frozenset("\n\t\u00ad\u200b\u200c\u200d\u2060\ufeff") | _VARIATION_SELECTORS


class MissingGlyphs(DomainError):
    """No typeface on this machine holds these characters of the document."""

    def __init__(self, characters: Iterable[str]) -> None:
        self.characters = list(characters)
        named = "、".join(f"{character}（U+{ord(character):04X}）" for character in self.characters[:20])
        more = " …" if len(self.characters) > 20 else ""
        super().__init__(
            _(
                "本机字体缺少以下字符，不能生成 PDF：%(characters)s。请管理员安装 %(package)s 软件包"
                "（或把含这些字的字体放入字体文件夹）并重启系统，或改为下载 Word 文件（.docx）。",
                characters=named + more,
                package=PACKAGE,
            )
        )


@dataclass(frozen=True)
class Typefaces:
    """The typefaces found: for each role the families to try in order, and where each family lies."""

    fonts: typst.Fonts
    families: tuple[str, ...]
    faces: dict[str, list[tuple[str, int]]] = field(repr=False)

    def chain(self, role: str, language: str) -> list[str | dict[str, str]]:
        """Families for a role, in typst's terms. All end alike, so every role prints the same characters.

        Letters and figures of running text come from a Times-like face, as offices set them: its figures are
        all equally wide. In Chinese text it leaves the quotation marks to the Chinese face.
        """
        own = [name for name in ROLES[role] if name in self.faces]
        latin = next(name for name in LATIN if name in self.faces or name == EMBEDDED_LATIN)
        chinese: list[str | dict[str, str]] = [*dict.fromkeys([*own, *self.families]), EMBEDDED_LATIN]
        if language == "en":
            return [latin, *chinese]
        return chinese if role in ("title", "hei") else [{"name": latin, "covers": "latin-in-cjk"}, *chinese]

    def missing(self, text: str) -> list[str]:
        """Characters of the text that none of the families holds, each once, in order of appearance."""
        wanted = set(text) - _INVISIBLE - _EMBEDDED_CHARACTERS
        for family in self.families:
            if not wanted:
                return []
            wanted -= self._characters(family)
        return [character for character in dict.fromkeys(text) if character in wanted]

    def _characters(self, family: str) -> frozenset[str]:
        """What every cut of the family holds: a regular with a name does not make up for a bold without."""
        cuts = [_characters_of(path, index) for path, index in self.faces[family]]
        return frozenset.intersection(*cuts)


def configured_folder(fonts_dir: Path | str | None = None) -> Path | None:
    """The folder with the office's own typefaces: the argument, else the environment's, else none."""
    chosen = fonts_dir or os.environ.get(FONTS_DIR_VARIABLE)
    return Path(chosen) if chosen else None


def typefaces(fonts_dir: Path | str | None = None) -> Typefaces:
    """The typefaces of the configured folder and of the system; looked up once per process and folder."""
    return _typefaces(configured_folder(fonts_dir), include_system=True)


@lru_cache(maxsize=8)
def _typefaces(folder: Path | None, include_system: bool) -> Typefaces:
    paths = [str(folder)] if folder and folder.is_dir() else []
    fonts = typst.Fonts(include_system_fonts=include_system, include_embedded_fonts=True, font_paths=paths)
    faces: dict[str, list[tuple[str, int]]] = {}
    own: list[str] = []
    for info in fonts.fonts():
        if info.path is None or info.style != "normal":
            continue
        faces.setdefault(info.family, []).append((info.path, info.index))
        if folder and Path(info.path).is_relative_to(folder):
            own.append(info.family)
    known = (name for names in ROLES.values() for name in names)
    wanted = dict.fromkeys([*FALLBACKS, *known, *sorted(own)])
    return Typefaces(fonts, tuple(name for name in wanted if name in faces), faces)


@lru_cache(maxsize=64)
def _characters_of(path: str, index: int) -> frozenset[str]:
    with TTFont(path, fontNumber=index, lazy=True) as font:
        return frozenset(map(chr, font.getBestCmap() or {}))


def missing_characters(text: str, fonts_dir: Path | str | None = None) -> list[str]:
    """Characters of the text that no usable typeface holds, in order of appearance; none when all print."""
    return typefaces(fonts_dir).missing(plain(text))
