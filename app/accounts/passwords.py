"""Passwords: argon2id with the cost an office PC can bear, the policy, and initial passwords."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app

from app.kit.errors import DomainError
from app.kit.i18n import _l

# OWASP's minimum for argon2id: about 20 ms and 19 MB for each log-in.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
MIN_LENGTH = 8
MAX_LENGTH = 200
KINDS_NEEDED = 3
# Without 0 o 1 i l, which people take for each other on a printed slip.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
INITIAL_LENGTH = 10

# Passwords that satisfy the rule of kinds and are tried first all the same; compared without case.
COMMON = frozenset((Path(__file__).parent / "common_passwords.txt").read_text(encoding="utf-8").split())


def hash_password(password: str) -> str:
    """The argon2id hash that is kept."""
    return _HASHER.hash(password)


@cache
def _nobodys_hash() -> str:
    return _HASHER.hash(secrets.token_urlsafe(24))


def matches(kept: str | None, password: str) -> bool:
    """Whether the password is right. An unknown user (``None``) costs the same time as a known one."""
    try:
        _HASHER.verify(kept if kept is not None else _nobodys_hash(), password[:MAX_LENGTH])
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def needs_new_hash(kept: str) -> bool:
    """The hash was made with other costs than today's."""
    return _HASHER.check_needs_rehash(kept)


def check_new_password(password: str, login: str) -> None:
    """Refuses a password the rules of graded protection (等保) do not allow."""
    kinds = (
        any(c.isupper() for c in password),
        any(c.islower() for c in password),
        any(c.isdigit() for c in password),
        any(not c.isalnum() for c in password),
    )
    if len(password) < MIN_LENGTH:
        raise DomainError(_l("密码至少 %(n)s 个字符，请加长。", n=MIN_LENGTH), "new_password")
    if len(password) > MAX_LENGTH:
        raise DomainError(_l("密码不能超过 %(n)s 个字符，请缩短。", n=MAX_LENGTH), "new_password")
    if sum(kinds) < KINDS_NEEDED:
        raise DomainError(
            _l("密码要包含大写字母、小写字母、数字、符号中的至少三种，请补充后再试。"), "new_password"
        )
    if login.lower() in password.lower():
        raise DomainError(_l("密码不能包含登录名，请换一个。"), "new_password")
    if password.lower() in COMMON:
        raise DomainError(_l("这个密码太常见，容易被猜中，请换一个。"), "new_password")


def random_password() -> str:
    """An initial password; it must be changed at the first log-in."""
    return "".join(secrets.choice(ALPHABET) for _place in range(INITIAL_LENGTH))


def derived_password(run: str, login: str) -> str:
    """The initial password of one account of a whole roster's run.

    It follows from the system's secret key and the run's own random number, so that slips can be printed
    while that number is kept, and nowhere is a password stored.
    """

    secret = str(current_app.config["SECRET_KEY"])

    def stream() -> Iterator[int]:
        block = 0
        while True:
            yield from hmac.digest(secret.encode(), f"slip:{run}:{login}:{block}".encode(), hashlib.sha256)
            block += 1

    fair = 256 - 256 % len(ALPHABET)
    letters = (ALPHABET[byte % len(ALPHABET)] for byte in stream() if byte < fair)
    return "".join(next(letters) for _place in range(INITIAL_LENGTH))
