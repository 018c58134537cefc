"""Topics of rules: each feature that works by rules says how a rule set of its topic is checked."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ValidationError

from app.kit.errors import DomainError
from app.kit.i18n import _l

TOPICS: dict[str, tuple[Any, type[BaseModel]]] = {}


def register_topic(topic: str, label: Any, model: type[BaseModel]) -> None:
    """Makes rules of a topic enterable; ``model`` says what they may hold."""
    TOPICS[topic] = (label, model)


def validate_topic(topic: str, content: Any) -> dict[str, Any]:
    """The content as it is kept; a DomainError names the first key that is wrong."""
    _label, model = TOPICS[topic]
    try:
        model.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or topic
        raise DomainError(
            _l("“%(key)s”的内容不对（%(reason)s），请对照样例修改。", key=key, reason=first["msg"]), "content"
        ) from error
    return dict(content)
