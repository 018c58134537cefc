"""Words of liaison stations, receptions and opinions."""

from app.kit.i18n import _l
from app.kit.states import LabelledEnum


class StationKind(LabelledEnum):
    """Kinds of station (3-41, 3-44, 0-19)."""

    TOWNSHIP = "township", _l("乡镇（街道）联络站")
    COMMUNITY = "community", _l("社区联络站")
    VILLAGE = "village", _l("村联络站")
    MARKET = "market", _l("市场商圈联络站")
    STUDIO = "studio", _l("代表工作室")
    SHARED = "shared", _l("两代表一委员工作室")


class OpinionRoute(LabelledEnum):
    """The ways an opinion goes (3-34)."""

    ON_THE_SPOT = "on_the_spot", _l("当场答复")
    SUGGESTION = "suggestion", _l("形成代表建议")
    TRANSFER = "transfer", _l("转交办理")


class OpinionChannel(LabelledEnum):
    """Where an opinion was taken (2-25)."""

    RECEPTION = "reception", _l("接待日")
    VISIT = "visit", _l("走访")
    ONLINE = "online", _l("线上")
    OTHER = "other", _l("其他")
