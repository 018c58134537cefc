"""``lvzhi setup``: areas, terms and rules of one office from its profile."""

from __future__ import annotations

from pathlib import Path

import click
from pydantic import BaseModel

from app.cli import finish
from app.duty_reports.rules import DutyReportRules
from app.kit.audit import acting_as
from app.kit.authorisation import operator
from app.kit.i18n import _
from app.registry.profile import read_profile
from app.registry.setup import apply_profile
from app.stations.reception_rules import ReceptionRules

TOPICS: dict[str, type[BaseModel]] = {"duty_reports": DutyReportRules, "receptions": ReceptionRules}


@click.command("setup")
@click.argument("profile", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def setup_command(profile: Path) -> None:
    """按县情文件建立区划、届次和规则；文件改动后再运行一次，只更新，不重复。"""
    wanted = read_profile(profile, TOPICS)
    actor = operator(source="setup")
    with acting_as(actor):
        applied = apply_profile(actor, wanted)
        finish()
    click.echo(
        _(
            "%(area)s：新建 %(created)s 项，更新 %(updated)s 项，未变 %(unchanged)s 项。",
            area=wanted.area.name,
            created=applied.created,
            updated=applied.updated,
            unchanged=applied.unchanged,
        )
    )


commands: list[click.Command] = [setup_command]
