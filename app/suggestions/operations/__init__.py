"""Changing suggestions: the register here, each part of their life in a module of its own."""

from app.suggestions.operations.register import (
    correct_suggestion,
    create_suggestion,
    delete_suggestion,
    update_suggestion,
    update_unit,
)

__all__ = ["correct_suggestion", "create_suggestion", "delete_suggestion", "update_suggestion", "update_unit"]
