"""Words of imports."""

from app.kit.i18n import _l
from app.kit.intake.rows import RowOutcome
from app.kit.states import LabelledEnum

__all__ = ["BatchState", "RowOutcome"]


class BatchState(LabelledEnum):
    """Life of an import batch."""

    UPLOADED = "uploaded", _l("待预览")
    PREVIEWING = "previewing", _l("正在预览")
    PREVIEWED = "previewed", _l("已预览，待确认")
    QUEUED = "queued", _l("排队中")
    RUNNING = "running", _l("正在导入")
    DONE = "done", _l("已导入")
    FAILED = "failed", _l("未导入")
    UNDONE = "undone", _l("已撤销")
