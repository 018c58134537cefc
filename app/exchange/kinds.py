"""Every kind of sheet this house takes in, with the importer that does it."""

from __future__ import annotations

from collections.abc import Sequence

from app.activities.importer import ActivityImporter, AttendanceImporter
from app.duty_reports.importer import DutyReportImporter
from app.groups.importer import GroupImporter, RosterGroups
from app.kit.intake.importer import Importer
from app.kit.workbook.kinds import SheetKind
from app.ledger.importer import EntryImporter, RosterReports
from app.registry.importer import PostImporter, RosterExtension, RosterImporter, roster_kind
from app.stations.importer import OpinionImporter, ReceptionImporter, RosterStations, StationImporter
from app.suggestions.importer import SuggestionImporter


class FullRoster(RosterImporter):
    """The roster with the groups and stations it names, and reports that wait for review."""

    extensions: Sequence[type[RosterExtension]] = (RosterReports, RosterGroups, RosterStations)
    kind = roster_kind(extensions)


IMPORTERS: dict[str, type[Importer]] = {
    importer.kind.key: importer
    for importer in (
        FullRoster,
        StationImporter,
        GroupImporter,
        PostImporter,
        DutyReportImporter,
        ActivityImporter,
        AttendanceImporter,
        ReceptionImporter,
        OpinionImporter,
        EntryImporter,
        SuggestionImporter,
    )
}
KINDS: tuple[SheetKind, ...] = tuple(importer.kind for importer in IMPORTERS.values())
