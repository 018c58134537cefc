"""Masking of the people who come to a station: enough to tell records apart, too little to find anybody."""

from __future__ import annotations


def mask_name(name: str) -> str:
    """Surname only: 李伟 → 李**."""
    return f"{name[:1]}**" if name else ""


def mask_phone(phone: str) -> str:
    """First three and last two digits: 13900000001 → 139******01; shorter ones not at all."""
    if not phone:
        return ""
    if len(phone) < 8:
        return "*" * len(phone)
    return f"{phone[:3]}{'*' * (len(phone) - 5)}{phone[-2:]}"
