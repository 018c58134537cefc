"""What staff ask of a division, as kept with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.groups.composing.words import Criterion
from app.registry.states import Level


@dataclass(frozen=True)
class Wishes:
    """Who is to be divided, into how many groups of what size, and by which rules.

    ``together`` and ``apart`` hold mandates; what binds are the persons who hold them.
    """

    levels: tuple[Level, ...]
    groups: int
    least: int
    most: int
    criteria: tuple[Criterion, ...] = tuple(Criterion)
    whole_townships: bool = False
    mixed: bool = True
    together: tuple[tuple[int, ...], ...] = ()
    apart: tuple[tuple[int, ...], ...] = ()

    @classmethod
    def read(cls, kept: dict[str, Any]) -> Wishes:
        """From what is kept with the composition."""
        return cls(
            levels=tuple(Level(value) for value in kept["levels"]),
            groups=kept["groups"],
            least=kept["least"],
            most=kept["most"],
            criteria=tuple(Criterion(value) for value in kept["criteria"]),
            whole_townships=kept["whole_townships"],
            mixed=kept["mixed"],
            together=_blocks(kept["together"]),
            apart=_blocks(kept["apart"]),
        )

    def write(self) -> dict[str, Any]:
        """As kept with the composition."""
        return {
            "levels": [level.value for level in self.levels],
            "groups": self.groups,
            "least": self.least,
            "most": self.most,
            "criteria": [criterion.value for criterion in self.criteria],
            "whole_townships": self.whole_townships,
            "mixed": self.mixed,
            "together": [list(block) for block in self.together],
            "apart": [list(block) for block in self.apart],
        }


def _blocks(kept: Sequence[Sequence[int]]) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(block) for block in kept)
