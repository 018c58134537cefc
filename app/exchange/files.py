"""Where a batch keeps its workbooks and its preview: ``DATA_DIR/imports/<number>``."""

from __future__ import annotations

import re
import shutil
from datetime import timedelta
from pathlib import Path

from flask import current_app

from app.kit.errors import DomainError
from app.kit.i18n import _l
from app.kit.workbook.reading import inspect

KEPT = timedelta(days=90)
MOST_FILES = 20
_UNSAFE = re.compile(r'[\x00-\x1f/\\:*?"<>|]+')


def batch_folder(batch_id: int) -> Path:
    """The batch's own folder."""
    return Path(current_app.config["DATA_DIR"]) / "imports" / str(batch_id)


def preview_file(batch_id: int) -> Path:
    """Rows of the latest preview, or of the import."""
    return batch_folder(batch_id) / "rows.sqlite3"


def workbook_path(batch_id: int, number: int, name: str) -> Path:
    """Where the batch's workbook with this number lies; it keeps the name it came with."""
    return batch_folder(batch_id) / str(number) / safe_name(name)


def safe_name(name: str) -> str:
    """The file's name without anything that could lead out of its folder."""
    plain = _UNSAFE.sub("_", name.strip()).strip(".") or "workbook.xlsx"
    return plain[-120:]


def check_workbooks(paths: list[Path]) -> None:
    """Looks at the bytes of what was uploaded; HostileWorkbook names the file that will not be opened."""
    if len(paths) > MOST_FILES:
        raise DomainError(_l("一次最多上传 %(most)d 个文件，请分几次上传。", most=MOST_FILES))
    for path in paths:
        inspect(path)


def drop_folder(batch_id: int) -> None:
    """Removes the batch's files."""
    shutil.rmtree(batch_folder(batch_id), ignore_errors=True)
