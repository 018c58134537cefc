"""The profile of one office: areas, terms and rules in a YAML file an operator can write by hand.

Every error names the file, the line and the key, and says what belongs there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from app.kit.errors import DomainError
from app.kit.i18n import _l
from app.kit.workbook.cells import CellError, ordinal
from app.registry.states import AreaKind, Level
from app.registry.topics import reason_of

Topics = Mapping[str, type[BaseModel]]
"""Rule topics a profile may hold, each with the model its content must satisfy."""

FIXED_KEYS = frozenset({"area", "townships", "terms"})
EACH_TOWNSHIP = "{township}"
_ENDINGS = (
    ("族乡", AreaKind.ETHNIC_TOWNSHIP),
    ("民族乡", AreaKind.ETHNIC_TOWNSHIP),
    ("街道", AreaKind.SUBDISTRICT),
    ("街道办事处", AreaKind.SUBDISTRICT),
    ("镇", AreaKind.TOWN),
    ("乡", AreaKind.TOWNSHIP),
    ("苏木", AreaKind.TOWNSHIP),
)
Path_ = tuple[str | int, ...]
Name = Annotated[str, Field(min_length=2, max_length=60)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class AreaAbove(_Strict):
    """The city or province an office's area lies in."""

    code: Annotated[str, Field(pattern=r"^\d{2}(\d{2})?$")]
    name: Name


class OfficeArea(_Strict):
    """The office's own area: a county, with the city and the province above it."""

    code: Annotated[str, Field(pattern=r"^\d{6}$")]
    name: Name
    city: AreaAbove | None = None
    province: AreaAbove | None = None

    @model_validator(mode="after")
    def _nested(self) -> OfficeArea:
        for above, digits in ((self.city, 4), (self.province, 2)):
            if above is not None and above.code != self.code[:digits]:
                raise ValueError(
                    str(
                        _l(
                            "上级区划代码应是“%(code)s”（本县代码的前 %(digits)d 位）",
                            code=self.code[:digits],
                            digits=digits,
                        )
                    )
                )
        return self


class Township(_Strict):
    """A township-level area; its kind follows from the ending of its name unless it is given."""

    code: Annotated[str, Field(pattern=r"^\d{9}$")]
    name: Name
    kind: AreaKind | None = None

    @property
    def area_kind(self) -> AreaKind:
        """The kind given, or the one the name ends in."""
        return self.kind or next(kind for ending, kind in _ENDINGS if self.name.endswith(ending))

    @model_validator(mode="after")
    def _has_kind(self) -> Township:
        if self.kind is None and not any(self.name.endswith(ending) for ending, _kind in _ENDINGS):
            raise ValueError(
                str(
                    _l(
                        "名称不以镇、乡、街道结尾，"
                        "请加上 kind（town、township、ethnic_township、subdistrict）"
                    )
                )
            )
        return self


class TermProfile(_Strict):
    """A term of office; ``{township}`` in the name makes one for each township."""

    level: Level
    name: Annotated[str, Field(min_length=3, max_length=80)]
    ordinal: Annotated[int, Field(ge=1, le=99)] | None = None
    started_on: date | None = None
    first_session_on: date | None = None
    ended_on: date | None = None
    first_year: Annotated[int, Field(ge=1949, le=2100)] | None = None

    @property
    def number(self) -> int:
        """Ordinal of the term, read from the name unless it is given."""
        return self.ordinal or _ordinal_of(self.name)

    @field_validator("name")
    @classmethod
    def _has_ordinal(cls, name: str) -> str:
        _ordinal_of(name.replace(EACH_TOWNSHIP, ""))
        return name

    @model_validator(mode="after")
    def _consistent(self) -> TermProfile:
        if self.ended_on and self.started_on and self.ended_on <= self.started_on:
            raise ValueError(str(_l("ended_on 应晚于 started_on")))
        if (self.level is Level.TOWNSHIP) != (EACH_TOWNSHIP in self.name):
            raise ValueError(
                str(_l("乡镇级的届次名称里要写 {township}（代表每个乡镇的名称），其他层级不要写"))
            )
        return self


def _ordinal_of(name: str) -> int:
    try:
        found = ordinal(name)
    except CellError as error:
        raise ValueError(str(error.message)) from error
    if found is None:
        raise ValueError(str(_l("名称里看不出是第几届")))
    return found


class Profile(_Strict):
    """One office. ``rules`` holds each topic's content exactly as the file has it, as JSON."""

    area: OfficeArea
    townships: Annotated[list[Township], Field(min_length=1)]
    terms: list[TermProfile] = []
    rules: dict[str, dict[str, Any]] = {}


class _Source:
    """The file's text with the line of every key."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.lines: dict[Path_, int] = {(): 1}
        try:
            root = yaml.compose(text, Loader=yaml.SafeLoader)
            self.content = yaml.safe_load(text)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            raise self._error(
                mark.line + 1 if mark else 1, "", _l("不是正确的 YAML，请检查缩进、冒号和引号")
            ) from error
        except ValueError as error:  # a date that does not exist
            raise self._error(1, "", _l("有不存在的日期：%(error)s", error=error)) from error
        if root is not None:
            self._walk(root, ())
        if not isinstance(self.content, dict):
            raise self._error(1, "", _l("内容应是 area、townships、terms 等几节"))

    def _walk(self, node: yaml.Node, path: Path_) -> None:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                inner = (*path, key.value)
                if inner in self.lines:
                    raise self._error(key.start_mark.line + 1, key.value, _l("这一项写了两次，请删去一处"))
                self.lines[inner] = key.start_mark.line + 1
                self._walk(value, inner)
        elif isinstance(node, yaml.SequenceNode):
            for number, value in enumerate(node.value):
                self.lines[(*path, number)] = value.start_mark.line + 1
                self._walk(value, (*path, number))

    def error(self, path: Path_, reason: Any) -> DomainError:
        """The error at the deepest key of ``path`` that the file has."""
        place = path
        while place not in self.lines:
            place = place[:-1]
        return self._error(self.lines[place], _written(path), reason)

    def _error(self, line: int, key: str, reason: Any) -> DomainError:
        where = _l("%(file)s 第 %(line)d 行", file=self.name, line=line)
        return DomainError(f"{where} {key}：{reason}。" if key else f"{where}：{reason}。")


def _written(path: Path_) -> str:
    return re.sub(
        r"\.\[", "[", ".".join(f"[{part + 1}]" if isinstance(part, int) else str(part) for part in path)
    )


def read_profile(path: Path, topics: Topics) -> Profile:
    """The profile in a file; a DomainError names the line and key that is wrong."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DomainError(
            _l("无法读取“%(file)s”；请确认文件存在，并以 UTF-8 编码保存。", file=path.name)
        ) from error
    return parse_profile(path.name, text, topics)


def parse_profile(name: str, text: str, topics: Topics) -> Profile:
    """The profile written in ``text``."""
    source = _Source(name, text)
    content: dict[str, Any] = source.content
    rules: dict[str, dict[str, Any]] = {}
    for key, value in content.items():
        if key in FIXED_KEYS:
            continue
        if key not in topics:
            known = "、".join([*sorted(FIXED_KEYS), *sorted(topics)])
            raise source.error((str(key),), _l("没有这一项，可写的有：%(known)s", known=known))
        _validate(source, topics[key], value, (key,))
        rules[key] = json.loads(json.dumps(value, ensure_ascii=False, default=str))
    fixed = {key: content[key] for key in content if key in FIXED_KEYS}
    profile: Profile = _validate(source, Profile, {**fixed, "rules": rules}, ())
    _check_townships(source, profile)
    return profile


def _validate(source: _Source, model: type[BaseModel], value: Any, path: Path_) -> Any:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        raise source.error((*path, *first["loc"]), reason_of(first)) from error


def _check_townships(source: _Source, profile: Profile) -> None:
    codes: set[str] = set()
    names: set[str] = set()
    for number, township in enumerate(profile.townships):
        path = ("townships", number)
        if not township.code.startswith(profile.area.code):
            raise source.error(
                (*path, "code"), _l("乡镇代码应以本县代码 %(code)s 开头", code=profile.area.code)
            )
        if township.code in codes:
            raise source.error((*path, "code"), _l("代码 %(code)s 与前面的乡镇重复", code=township.code))
        if township.name in names:
            raise source.error((*path, "name"), _l("“%(name)s”与前面的乡镇重名", name=township.name))
        codes.add(township.code)
        names.add(township.name)
