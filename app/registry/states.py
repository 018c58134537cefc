"""Words of the registry: levels, kinds of area, how a mandate began and ended."""

from app.kit.i18n import _l
from app.kit.states import LabelledEnum


class Level(LabelledEnum):
    """The five levels of congresses."""

    NATIONAL = "national", _l("全国")
    PROVINCE = "province", _l("省级")
    CITY = "city", _l("市级")
    COUNTY = "county", _l("县级")
    TOWNSHIP = "township", _l("乡镇级")

    @property
    def rank(self) -> int:
        """1 for national … 5 for township."""
        return list(Level).index(self) + 1

    @property
    def directly_elected(self) -> bool:
        """County and township deputies are elected by the voters of a district (选举法)."""
        return self in (Level.COUNTY, Level.TOWNSHIP)


LEVEL_OF_CODE_LENGTH = {
    0: Level.NATIONAL,
    2: Level.PROVINCE,
    4: Level.CITY,
    6: Level.COUNTY,
    9: Level.TOWNSHIP,
}


class AreaKind(LabelledEnum):
    """What an area is."""

    COUNTRY = "country", _l("国家")
    PROVINCE = "province", _l("省")
    CITY = "city", _l("市")
    COUNTY = "county", _l("县（市、区）")
    TOWN = "town", _l("镇")
    TOWNSHIP = "township", _l("乡")
    ETHNIC_TOWNSHIP = "ethnic_township", _l("民族乡")
    SUBDISTRICT = "subdistrict", _l("街道")


class Sex(LabelledEnum):
    MALE = "male", _l("男")
    FEMALE = "female", _l("女")


class ElectedHow(LabelledEnum):
    """How the mandate was won."""

    GENERAL = "general", _l("换届选举")
    BY_ELECTION = "by_election", _l("补选")


class EndReason(LabelledEnum):
    """Why a mandate ended: the grounds of article 62 of the Law on Deputies, and the end of the term."""

    TERM_ENDED = "term_ended", _l("任期届满")
    MOVED = "moved", _l("调离本行政区域")
    RESIGNED = "resigned", _l("辞去代表职务")
    ORDERED_RESIGNATION = "ordered_resignation", _l("责令辞去代表职务")
    ABSENT_TWICE = "absent_twice", _l("未经批准两次不出席会议")
    RECALLED = "recalled", _l("被罢免")
    NATIONALITY_LOST = "nationality_lost", _l("丧失国籍")
    RIGHTS_LOST = "rights_lost", _l("被剥夺政治权利")
    CAPACITY_LOST = "capacity_lost", _l("丧失行为能力")
    DIED = "died", _l("去世")
    OTHER = "other", _l("其他")


class SuspensionReason(LabelledEnum):
    """Grounds of article 61 for suspending a deputy from duty."""

    DETAINED = "detained", _l("因刑事案件被羁押")
    SENTENCED = "sentenced", _l("被判处管制、拘役或有期徒刑而未附加剥夺政治权利")


class PostKind(LabelledEnum):
    """Posts of the organs of a congress."""

    CHAIRPERSONS_MEETING_MEMBER = "chairpersons_meeting_member", _l("主任会议成员")
    STANDING_COMMITTEE_MEMBER = "standing_committee_member", _l("常委会委员")
    SPECIAL_COMMITTEE_CHAIR = "special_committee_chair", _l("专门委员会主任委员")
    TOWNSHIP_CHAIR = "township_chair", _l("乡镇人大主席")
    TOWNSHIP_VICE_CHAIR = "township_vice_chair", _l("乡镇人大副主席")
    CLERK = "clerk", _l("人大专干")
    OTHER = "other", _l("其他职务")


class MandateStanding(LabelledEnum):
    """Where a mandate stands on a day."""

    IN_OFFICE = "in_office", _l("在任")
    SUSPENDED = "suspended", _l("暂停执行职务")
    ENDED = "ended", _l("已终止")
    NOT_BEGUN = "not_begun", _l("未开始")
