"""Actions of what is computed from the facts."""

from app.kit.authorisation import action
from app.kit.i18n import _l
from app.registry.policy import AREA_READERS

VIEW_COVERAGE = action("oversight.coverage", _l("查看述职覆盖"), AREA_READERS)
VIEW_STATISTICS = action("oversight.statistics", _l("查看年度统计"), AREA_READERS)
