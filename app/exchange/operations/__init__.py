"""What is done with workbooks: imported at once, or step by step as a batch, and undone."""

from app.exchange.operations.batches import (
    answer_and_correct,
    confirm_batch,
    create_batch,
    discard_batch,
    map_headings,
    preview_again,
    request_undo,
)
from app.exchange.operations.importing import (
    Outcome,
    import_workbooks,
    preview_workbooks,
    refresh_statistics,
)
from app.exchange.operations.undoing import undo_batch

__all__ = [
    "Outcome",
    "answer_and_correct",
    "confirm_batch",
    "create_batch",
    "discard_batch",
    "import_workbooks",
    "map_headings",
    "preview_again",
    "preview_workbooks",
    "refresh_statistics",
    "request_undo",
    "undo_batch",
]
