"""Errors that are sentences: each says what is wrong and what to do next, and knows its own HTTP status."""

from __future__ import annotations

from typing import Any


class DomainError(Exception):
    """A rule of the domain refuses. ``field`` names the form field it belongs to, if any."""

    status = 422

    def __init__(self, message: Any, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field

    def __str__(self) -> str:
        return str(self.message)


class NotFound(DomainError):
    """The thing does not exist, or lies outside the viewer's scope: both look the same (404)."""

    status = 404


class Forbidden(DomainError):
    """The viewer is known but this action is not theirs."""

    status = 403


class Conflict(DomainError):
    """Somebody else changed the thing meanwhile, or the same request came twice with other content."""

    status = 409
