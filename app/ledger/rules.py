"""Arithmetic of directly recorded facts: money as people type it, kept in whole fen."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

MAX_FEN = 10**15
MAX_QUANTITY = 1_000_000

_YUAN = re.compile(r"(?P<number>\d{1,3}(?:,\d{3})+|\d+)(?P<cents>\.\d+)?(?P<wan>万)?元?")


def yuan_to_fen(text: str) -> int:
    """Fen of a sum typed in yuan: ``5000``, ``5,000.50``, ``1.2万``, full-width digits allowed.

    Raises ``ValueError`` for anything else, for fractions of a fen, and beyond ten thousand billion yuan.
    """
    found = _YUAN.fullmatch(unicodedata.normalize("NFKC", text).replace(" ", "").removeprefix("¥"))
    if found is None:
        raise ValueError(text)
    yuan = Decimal(found["number"].replace(",", "") + (found["cents"] or ""))
    fen = yuan * (1_000_000 if found["wan"] else 100)
    if fen != fen.to_integral_value() or fen > MAX_FEN:
        raise ValueError(text)
    return int(fen)


def fen_to_yuan(fen: int) -> str:
    """The sum in yuan as it is typed: ``500050`` → ``5000.50``, ``500000`` → ``5000``."""
    whole, rest = divmod(fen, 100)
    return f"{whole}.{rest:02d}" if rest else str(whole)
