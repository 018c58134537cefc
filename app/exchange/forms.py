"""Forms of imports."""

from __future__ import annotations

from flask_wtf.file import MultipleFileField
from wtforms import SelectField

from app.kit.forms import BaseForm
from app.kit.i18n import _l


class UploadForm(BaseForm):
    """Workbooks to import, and for which office."""

    area_code = SelectField(_l("导入到"))
    files = MultipleFileField(
        _l("Excel 文件"),
        description=_l(
            "可以一次选多个 .xlsx 或 .xls 文件，文件名和表名不限，按表头识别。名册、述职、活动、签到、接待、意见、走访、建议都可以。"
        ),
    )
