"""Topics of rules: each feature that works by rules says how a rule set of its topic is checked."""

from __future__ import annotations

from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError

from app.kit.errors import DomainError
from app.kit.i18n import _l


class Topic(NamedTuple):
    """What rules of a topic are called, what they may hold, and the text of those used where nobody made any."""

    label: Any
    model: type[BaseModel]
    sample: str


TOPICS: dict[str, Topic] = {}


def register_topic(topic: str, label: Any, model: type[BaseModel], sample: str = "") -> None:
    """Makes rules of a topic enterable; ``model`` says what they may hold, ``sample`` is YAML to start from."""
    TOPICS[topic] = Topic(label, model, sample)


def validate_topic(topic: str, content: Any) -> dict[str, Any]:
    """The content as it is kept; a DomainError names the first key that is wrong."""
    try:
        TOPICS[topic].model.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or topic
        raise DomainError(
            _l("“%(key)s”的内容不对：%(reason)s。请对照样例修改。", key=key, reason=reason_of(first)),
            "content",
        ) from error
    return dict(content)


def reason_of(error: Any) -> Any:
    """What is wrong, for whoever wrote the rules: an error of pydantic's as a clause without a full stop."""
    limits, value = error.get("ctx") or {}, str(error["input"])[:40]
    match error["type"]:
        case "value_error":
            return limits["error"]
        case "missing":
            return _l("缺少这一项")
        case "extra_forbidden":
            return _l("没有这一项，请检查拼写")
        case "enum" | "literal_error":
            return _l("“%(value)s”不在可选的值里：%(allowed)s", value=value, allowed=limits["expected"])
        case "greater_than_equal":
            return _l("不能小于 %(limit)s", limit=limits["ge"])
        case "less_than_equal":
            return _l("不能大于 %(limit)s", limit=limits["le"])
        case "model_type" | "dict_type":
            return _l("应是若干行“名称: 内容”")
        case "int_type" | "int_parsing" | "int_from_float" | "float_type" | "float_parsing":
            return _l("“%(value)s”应是数字", value=value)
        case "string_type":
            return _l("“%(value)s”应是文字，代码请加引号", value=value)
        case "string_pattern_mismatch":
            return _l("“%(value)s”的位数不对（县 6 位、市 4 位、省 2 位、乡镇 9 位数字）", value=value)
        case "date_from_datetime_parsing" | "date_type" | "date_parsing":
            return _l("“%(value)s”不是日期，请写成 2021-12-28", value=value)
        case "too_short" | "too_long":
            return _l("个数不对，请核对")
    return _l("“%(value)s”的写法不对", value=value)
