"""The job that looks for a division: every better one is kept, so that stopping loses nothing.

A division found is saved in a short transaction of its own: the first at once, later ones every few
seconds and at the end. In between nothing is locked, so other people go on working. "Stop" ends the
search; the best so far stays and the job is done, not cancelled.
"""

from __future__ import annotations

import time

from app.extensions import db
from app.groups.composing.problem import Division
from app.groups.composing.reading import (
    fitted_to_present,
    list_present_groups,
    list_seats,
    present_division,
    problem_of,
)
from app.groups.composing.solving import Outcome, Progress, compose
from app.groups.composing.wishes import Wishes
from app.groups.models import GroupComposition
from app.groups.states import CompositionState
from app.kit.i18n import _
from app.kit.jobs import Cancelled, JobContext, register_job

KIND = "compose_groups"
SAVE_EVERY = 8.0


def propose(context: JobContext, composition_id: int, seconds: float) -> str | None:
    """Looks for a division for so many seconds, or until it is stopped."""
    context.result_url = f"/groups/compositions/{composition_id}"
    keeper = _Keeper(context, composition_id, seconds)
    with context.reading():
        composition = db.session.get_one(GroupComposition, composition_id)
        wishes = Wishes.read(composition.wishes)
        seats = list_seats(composition.area_code, wishes.levels, composition.on)
        problem = problem_of(composition, seats)
        groups = list_present_groups(composition.area_code, composition.kind, composition.on)
        keeper.present = present_division(groups, seats, composition.on)
        keeper.groups = problem.groups
    context.report(1, _("正在编组"))
    outcome = Outcome(None)
    try:
        outcome = compose(problem, seconds=seconds, heed=keeper.heed)
    except Cancelled:
        if keeper.best is None:
            raise
    if keeper.best is None:
        keeper.complain(outcome.complaints)
        return None
    keeper.save()
    return keeper.words(keeper.best)


class _Keeper:
    """Follows the search: says how far it is and saves what it finds."""

    def __init__(self, context: JobContext, composition_id: int, seconds: float) -> None:
        self.context = context
        self.composition_id = composition_id
        self.seconds = seconds
        self.present: Division = {}
        self.groups = 0
        self.best: Progress | None = None
        self._saved: Progress | None = None
        self._saved_at = 0.0

    def heed(self, progress: Progress) -> None:
        """The search has come so far; raises Cancelled when it is to stop."""
        self.best = progress
        if self._saved is None or time.monotonic() - self._saved_at > SAVE_EVERY:
            self.save()
        self.context.report(min(int(progress.seconds / self.seconds * 100), 99), self.words(progress))

    def words(self, progress: Progress) -> str:
        """How good the best division is."""
        score = progress.score
        if progress.best_possible:
            return _("已找到最好的方案：离平均的差合计 %(gaps)s，乡镇多拆 %(splits)s 处。",
                     gaps=score.gaps, splits=score.splits)  # fmt: skip
        return _("已有可用的方案，改进了 %(n)s 次：离平均的差合计 %(gaps)s，乡镇多拆 %(splits)s 处。",
                 n=progress.improvements, gaps=score.gaps, splits=score.splits)  # fmt: skip

    def save(self) -> None:
        """Keeps the best division, unless somebody has asked for another one meanwhile."""
        best = self.best
        if best is None or (self._saved is not None and best.division == self._saved.division):
            return
        composition = self._mine()
        if composition is not None:
            fitted = fitted_to_present(best.division, self.present, self.groups)
            composition.division = {str(key): place for key, place in fitted.items()}
            composition.wishes = {**composition.wishes, "complaints": []}
        db.session.commit()
        self._saved, self._saved_at = best, time.monotonic()

    def complain(self, complaints: list[str]) -> None:
        """Keeps why there is no division; the job shows as not done."""
        composition = self._mine()
        if composition is not None:
            composition.wishes = {**composition.wishes, "complaints": complaints}
        self.context.complaint = " ".join(complaints)

    def _mine(self) -> GroupComposition | None:
        found = db.session.get(GroupComposition, self.composition_id, populate_existing=True)
        asked = found is not None and found.job_id == self.context.job_id
        return found if asked and found is not None and found.state is CompositionState.DRAFT else None


register_job(KIND, propose)
