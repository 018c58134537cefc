"""Settings: from the environment, with defaults that are safe on one office PC."""

from __future__ import annotations

import os
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent


def data_dir() -> Path:
    """Where attachments, generated documents, the SQLite database and the secret key are kept."""
    return Path(os.environ.get("LVZHI_DATA_DIR") or ROOT / "instance").resolve()


def secret_key(folder: Path) -> str:
    """The key sessions are signed with: made at first start, kept in the data folder, never in code."""
    path = folder / "secret.key"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return path.read_text()


def database_url(folder: Path) -> str:
    """SQLite in the data folder unless DATABASE_URL names a server."""
    url = os.environ.get("DATABASE_URL") or f"sqlite:///{folder / 'lvzhi.sqlite3'}"
    if url.startswith("postgres://"):
        url = "postgresql://" + url.removeprefix("postgres://")
    if url.startswith("postgresql://"):
        url = "postgresql+psycopg://" + url.removeprefix("postgresql://")
    return url


def _flag(name: str, default: bool) -> bool:
    return os.environ.get(name, str(int(default))).lower() in {"1", "true", "yes", "on"}


def settings() -> dict[str, Any]:
    """Flask settings read from the environment now."""
    folder = data_dir()
    url = database_url(folder)
    postgres = url.startswith("postgresql")
    # An error's text is logged: it must not carry the values of a row, which are people's names and phones.
    private = {"hide_parameters": True}
    engine = {
        **private,
        "pool_pre_ping": True,
        "pool_size": 5,
        "max_overflow": 10,
        "connect_args": {"prepare_threshold": None},
    }
    return {
        "DATA_DIR": folder,
        "SECRET_KEY": secret_key(folder),
        "SQLALCHEMY_DATABASE_URI": url,
        "SQLALCHEMY_ENGINE_OPTIONS": engine if postgres else private,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        # A plain-HTTP office network cannot send Secure cookies; behind TLS this is switched on.
        "SESSION_COOKIE_SECURE": _flag("LVZHI_HTTPS", False),
        "SESSION_COOKIE_NAME": "__Host-lvzhi" if _flag("LVZHI_HTTPS", False) else "lvzhi",
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=12),
        "IDLE_MINUTES": int(os.environ.get("LVZHI_IDLE_MINUTES", "30")),
        "TRUSTED_PROXIES": int(os.environ.get("LVZHI_TRUSTED_PROXIES", "0")),
        "MAX_CONTENT_LENGTH": 60 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
        "MAX_FORM_PARTS": 5000,
        "WTF_CSRF_TIME_LIMIT": None,
        "BABEL_DEFAULT_LOCALE": "zh_Hans_CN",
        "BABEL_DEFAULT_TIMEZONE": "Asia/Shanghai",
        "AUDIT_ALGORITHM": os.environ.get("LVZHI_AUDIT_ALGORITHM", "sha256"),
        "JOBS_URL": os.environ.get("LVZHI_JOBS_URL", ""),
        "SMTP_URL": os.environ.get("LVZHI_SMTP_URL", ""),
        "MAIL_FROM": os.environ.get("LVZHI_MAIL_FROM", ""),
        "SMS_GATEWAY": os.environ.get("LVZHI_SMS_GATEWAY", ""),
        # Where people reach this site from outside: notices, calendars and posters carry it.
        "BASE_URL": os.environ.get("LVZHI_BASE_URL", ""),
        "FONTS_DIR": os.environ.get("LVZHI_FONTS_DIR", ""),
    }
