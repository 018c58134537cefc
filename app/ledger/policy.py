"""Actions of the duty ledger."""

from app.kit.authorisation import Reach, Role, action
from app.kit.i18n import _l
from app.registry.policy import AREA_READERS, READERS, STAFF

VIEW_LEDGER = action("ledger.view", _l("查看履职台账"), READERS)
LIST_ENTRIES = action("ledger.list_entries", _l("查看履职登记"), READERS)
RECORD_ENTRIES = action("ledger.record", _l("登记走访、办实事等履职"), STAFF)
REVIEW_ENTRIES = action("ledger.review", _l("审核代表自报的履职"), STAFF)
SELF_REPORT = action("ledger.self_report", _l("自报履职"), {Role.DEPUTY: Reach.OWN})
VIEW_FILE = action("ledger.view_file", _l("查看履职档案"), {**AREA_READERS, Role.DEPUTY: Reach.OWN})
