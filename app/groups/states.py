"""Words of deputy groups."""

from app.kit.i18n import _l
from app.kit.states import LabelledEnum, Transitions


class GroupKind(LabelledEnum):
    """Groups by area, by field, joint groups of five levels, central groups (3-04, 2-15, Law art. 27)."""

    AREA = "area", _l("区域代表小组")
    PROFESSIONAL = "professional", _l("专业代表小组")
    JOINT = "joint", _l("五级代表联合小组")
    CENTRAL = "central", _l("中心代表小组")


class GroupRole(LabelledEnum):
    """Posts in a group (2-17, 2-18, 3-09)."""

    LEADER = "leader", _l("组长")
    VICE_LEADER = "vice_leader", _l("副组长")
    LINKED_MEMBER = "linked_member", _l("联系的主任会议成员")
    LIAISON_HEAD = "liaison_head", _l("联络组长")
    LIAISON_OFFICER = "liaison_officer", _l("联络员")


class CompositionState(LabelledEnum):
    """Where a proposed division into groups stands (2-15)."""

    DRAFT = "draft", _l("草案")
    IN_EFFECT = "in_effect", _l("已生效")
    DISCARDED = "discarded", _l("已作废")


class CompositionStep(LabelledEnum):
    """What can happen to a proposed division."""

    CHANGE = "change", _l("修改")
    TAKE_EFFECT = "take_effect", _l("生效")
    DISCARD = "discard", _l("作废")


COMPOSITION_TRANSITIONS = Transitions(
    (CompositionState.DRAFT, CompositionStep.CHANGE, CompositionState.DRAFT),
    (CompositionState.DRAFT, CompositionStep.TAKE_EFFECT, CompositionState.IN_EFFECT),
    (CompositionState.DRAFT, CompositionStep.DISCARD, CompositionState.DISCARDED),
)


# Held by members of the group itself.
MEMBER_ROLES = frozenset({GroupRole.LEADER, GroupRole.VICE_LEADER})
# Whoever holds one of these may plan, convene and record for the group (2-18, 3-33).
LEADING_ROLES = frozenset({GroupRole.LEADER, GroupRole.VICE_LEADER, GroupRole.LIAISON_OFFICER})
