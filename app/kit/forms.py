"""Forms: typed Chinese dates, errors at their field, nothing typed ever lost, sent once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import date
from typing import Any, TypeVar

from flask_wtf import FlaskForm
from sqlalchemy.orm.exc import StaleDataError
from wtforms import (
    Field,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import InputRequired, Length, Optional, StopValidation
from wtforms.widgets import TextInput

from app.extensions import db
from app.kit.database import row_id, row_ids
from app.kit.errors import DomainError
from app.kit.i18n import _, _l
from app.kit.states import LabelledEnum
from app.kit.web import ONCE_FIELD, new_once_token
from app.kit.workbook.cells import CellError
from app.kit.workbook.cells import date_ as parse_date

Result = TypeVar("Result")
REQUIRED = _l("请填写这一项。")


class BaseForm(FlaskForm):
    """A form with a CSRF token and a once-token; a failed form comes back with everything that was typed."""

    once = HiddenField(name=ONCE_FIELD)
    version = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.once.data:
            self.once.data = new_once_token()

    def validate(self, extra_validators: Any = None) -> bool:
        """Checks every field; messages become plain text, in the reader's language."""
        valid: bool = super().validate(extra_validators)
        _spell_out(self)
        return valid

    @property
    def sent_version(self) -> int | None:
        """Version of the record the form was opened on."""
        return row_id(str(self.version.data or ""))

    def values(self) -> dict[str, Any]:
        """What was filled in, by field name, without the form's own fields."""
        return {
            name: field.data
            for name, field in self._fields.items()
            if name not in {"csrf_token", "once", "version", "submit"}
        }

    def attempt(self, operation: Callable[..., Result], *args: Any, **kwargs: Any) -> Result | None:
        """Carries out the operation; a refusal becomes an error at its field, takes back what was begun, gives None."""
        try:
            return operation(*args, **kwargs)
        except DomainError as error:
            db.session.rollback()
            self.refuse(error)
        except StaleDataError:
            db.session.rollback()
            self.refuse(
                DomainError(_l("这条记录刚刚被别人修改过。您填写的内容都还在，请对照最新内容后再保存。"))
            )
        return None

    def differences(self, row: Any, hidden: Collection[str] = ()) -> list[tuple[str, str, str]]:
        """What a colleague saved meanwhile beside what was typed: (label, saved, typed); else nothing.

        ``hidden`` fields are never shown. Whoever has seen both may save: from here on the form stands on
        the row's present version.
        """
        if self.sent_version is None or self.sent_version == row.version:
            return []
        self.version.data = str(row.version)
        rows = []
        for name, field in self._fields.items():
            if name in {"csrf_token", "once", "version", *hidden} or not hasattr(row, name):
                continue
            saved, typed = _shown(field, getattr(row, name)), _shown(field, field.data)
            if saved != typed:
                rows.append((field.label.text, saved, typed))
        return rows

    def refuse(self, error: DomainError) -> None:
        """Shows a refusal at the field it belongs to, or on top."""
        field = self._fields.get(error.field or "")
        if field is not None:
            field.errors = [*field.errors, str(error)]
        else:
            self.form_errors.append(str(error))


def _spell_out(fields: Iterable[Field]) -> None:
    """Lazy messages as text: templates tell a message from a list of messages by its type."""
    for field in fields:
        if isinstance(field, FormField):
            _spell_out(field.form)
            continue
        if isinstance(field, FieldList):
            _spell_out(field.entries)
        field.errors = [e if isinstance(e, (dict, list, tuple)) else str(e) for e in field.errors]


def _shown(field: Field, value: Any) -> str:
    """A field's value as people read it."""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, LabelledEnum):
        return value.label
    if isinstance(field, SelectField) and value not in (None, ""):
        labels = {str(key): str(label) for key, label, *_rest in field.iter_choices()}
        return labels.get(str(value), str(value))
    return "" if value is None else str(value)


class DateField(Field):
    """A day typed as people type it (2024.3.5, 2024年3月5日, 20240305 …) or picked."""

    widget = TextInput()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.data.isoformat() if isinstance(self.data, date) else ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        typed = str(valuelist[0]).strip() if valuelist else ""
        if not typed:
            return
        try:
            self.data = parse_date(typed)
        except CellError as error:
            raise ValueError(str(error)) from error


class TextField(StringField):
    """One line of text, trimmed, empty means none."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        super().process_formdata(valuelist)
        if self.data is not None:
            self.data = str(self.data).replace("\x00", "").strip()


class IdsField(SelectMultipleField):
    """Chosen records by number, as the people picker sends them; the route says what may be chosen."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, coerce=int, choices=[], validate_choice=False, **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        typed = [text for value in valuelist if (text := str(value).strip())]
        self.data = row_ids(typed)
        if len(self.data) < len(typed):
            self.data = []
            raise ValueError(str(_l("选择的人员无效，请重新选择。")))


class IdField(Field):
    """One chosen record by number."""

    widget = TextInput()

    def _value(self) -> str:
        return "" if self.data is None else str(self.data)

    def process_formdata(self, valuelist: list[Any]) -> None:
        typed = str(valuelist[0]).strip() if valuelist else ""
        self.data = row_id(typed)
        if typed and self.data is None:
            raise ValueError(str(_l("选择无效，请重新选择。")))


class NumberField(IntegerField):
    """A whole number, full-width digits allowed."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        typed = str(valuelist[0]).strip() if valuelist else ""
        if not typed:
            return
        try:
            number = int(typed)
        except ValueError as error:
            raise ValueError(str(_l("请填写整数。"))) from error
        if abs(number) > 2_000_000_000:
            raise ValueError(str(_l("数字太大，请检查。")))
        self.data = number


def enum_field(label: Any, enum: type[LabelledEnum], *, optional: bool = False, **kwargs: Any) -> SelectField:
    """A choice among the members of an enum, by label."""

    def coerce(value: Any) -> LabelledEnum | None:
        return enum(value) if value not in (None, "", "None") else None

    def choices() -> list[tuple[str, str]]:
        empty = [("", "—")] if optional else []
        return empty + enum.choices()

    return SelectField(
        label, choices=choices, coerce=coerce, validators=[Optional()] if optional else [required()], **kwargs
    )


class Filled(InputRequired):
    """Something other than blanks was sent."""

    def __call__(self, form: Any, field: Field) -> None:
        super().__call__(form, field)
        blank = field.data is None or (isinstance(field.data, str) and not field.data.strip())
        if blank and not field.process_errors:
            raise StopValidation(str(self.message))


def required() -> InputRequired:
    """The field must be filled in."""
    return Filled(message=REQUIRED)


def at_most(characters: int) -> Length:
    """Not longer than this many characters."""
    return Length(max=characters, message=_l("不能超过 %(max)s 个字，请缩短。", max=characters))
