"""What notices say: kept in Chinese, the office's language, whoever's page they were told from."""

from __future__ import annotations

from typing import Any

from flask_babel import force_locale

from app.kit.states import LabelledEnum


def in_chinese(text: Any) -> str:
    """The text as it is kept; a lazy message, or a state or kind, becomes its Chinese words."""
    with force_locale("zh_Hans_CN"):
        return text.label if isinstance(text, LabelledEnum) else str(text)
