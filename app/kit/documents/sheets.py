"""Single sheets with a layout of their own (posters, boards): a typst template and the data it prints.

As with formal documents the data travels as JSON in one string and is printed as it is, never read as markup.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst

from app.kit import clock
from app.kit.documents.fonts import ROLES, MissingGlyphs, typefaces
from app.kit.documents.model import plain
from app.kit.documents.pdf import _compiling


def render_sheet(
    template: Path, data: dict[str, Any], language: str = "zh", fonts_dir: Path | str | None = None
) -> bytes:
    """The sheet as PDF/A-2b. Values of keys beginning with ``svg`` are pictures, all other texts are printed.

    Raises ``MissingGlyphs`` where no typeface of this machine holds one of its characters.
    """
    faces = typefaces(fonts_dir)
    missing = faces.missing("".join(_texts(data)))
    if missing:
        raise MissingGlyphs(missing)
    sent = {
        **_plain(data),
        "language": language,
        "fonts": {role: faces.chain(role, language) for role in ROLES},
    }
    made_at = clock.now().replace(microsecond=0)
    with _compiling:
        made = _compiler(template, faces.fonts).compile(
            sys_inputs={"sheet": json.dumps(sent, ensure_ascii=False)},
            format="pdf",
            pdf_standards="a-2b",
            timestamp=made_at,
        )
    if not isinstance(made, bytes):
        raise TypeError("typst gave no single PDF")
    return made


@lru_cache(maxsize=8)
def _compiler(template: Path, fonts: typst.Fonts) -> typst.Compiler:
    return typst.Compiler(
        input=str(template), root=str(template.parent), font_paths=fonts, ignore_system_fonts=True
    )


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, dict):
        return {key: one if key.startswith("svg") else _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, one in value.items():
            if not key.startswith("svg"):
                yield from _texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)
