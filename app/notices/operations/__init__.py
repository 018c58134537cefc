"""Telling, reading, trying again."""

from app.notices.operations.reading import read_all, read_notice
from app.notices.operations.retrying import retry_notices
from app.notices.operations.settings import save_address, save_rules
from app.notices.operations.telling import all_told, tell

__all__ = ["all_told", "read_all", "read_notice", "retry_notices", "save_address", "save_rules", "tell"]
