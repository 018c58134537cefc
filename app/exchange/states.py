"""Words of imports, and the life of a batch."""

from app.kit.i18n import _l
from app.kit.intake.rows import RowOutcome
from app.kit.states import LabelledEnum, Transitions

__all__ = ["BATCH_TRANSITIONS", "BatchState", "BatchStep", "RowOutcome"]


class BatchState(LabelledEnum):
    """Life of an import batch."""

    UPLOADED = "uploaded", _l("待预览")
    PREVIEWING = "previewing", _l("正在预览")
    PREVIEWED = "previewed", _l("已预览")
    QUEUED = "queued", _l("排队中")
    RUNNING = "running", _l("正在导入")
    DONE = "done", _l("已导入")
    FAILED = "failed", _l("未导入")
    UNDOING = "undoing", _l("正在撤销")
    UNDONE = "undone", _l("已撤销")


class BatchStep(LabelledEnum):
    """What can happen to a batch."""

    PREVIEW = "preview", _l("预览")
    SHOW = "show", _l("预览完成")
    CONFIRM = "confirm", _l("确认导入")
    FINISH = "finish", _l("完成")
    FAIL = "fail", _l("失败")
    DISCARD = "discard", _l("放弃")
    UNDO = "undo", _l("撤销")
    REFUSE = "refuse", _l("拒绝撤销")


BATCH_TRANSITIONS = Transitions(
    (BatchState.UPLOADED, BatchStep.PREVIEW, BatchState.PREVIEWING),
    (BatchState.PREVIEWING, BatchStep.SHOW, BatchState.PREVIEWED),
    (BatchState.PREVIEWING, BatchStep.FAIL, BatchState.FAILED),
    (BatchState.PREVIEWED, BatchStep.PREVIEW, BatchState.PREVIEWING),
    (BatchState.PREVIEWED, BatchStep.CONFIRM, BatchState.QUEUED),
    (BatchState.PREVIEWED, BatchStep.DISCARD, BatchState.FAILED),
    (BatchState.QUEUED, BatchStep.FINISH, BatchState.DONE),
    (BatchState.QUEUED, BatchStep.SHOW, BatchState.PREVIEWED),
    (BatchState.QUEUED, BatchStep.FAIL, BatchState.FAILED),
    (BatchState.RUNNING, BatchStep.FINISH, BatchState.DONE),
    (BatchState.FAILED, BatchStep.PREVIEW, BatchState.PREVIEWING),
    (BatchState.DONE, BatchStep.UNDO, BatchState.UNDOING),
    (BatchState.UNDOING, BatchStep.FINISH, BatchState.UNDONE),
    (BatchState.UNDOING, BatchStep.REFUSE, BatchState.DONE),
    (BatchState.UNDOING, BatchStep.FAIL, BatchState.DONE),
)
