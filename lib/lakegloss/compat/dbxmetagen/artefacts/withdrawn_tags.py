"""Decides what a cell that a person emptied means for a tag that is set: it is to be taken away."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from lakegloss.core.labels.label_actions import KnownLabel
from lakegloss.core.labels.label_review import LabelRuling
from lakegloss.core.labels.tags import LabelKey
from lakegloss.core.records import Verdict

OF_ANOTHER = "{who} decided on the tag that is set: a file of {who}'s takes it away, or an undo"


def withdrawal(key: LabelKey, one: KnownLabel, who: str) -> LabelRuling | str:
    """Rejects, after all, what is set; or why not. The next apply takes it away if it is ours."""
    if one.set_decided_by not in ("", who):
        return OF_ANOTHER.format(who=one.set_decided_by)
    return LabelRuling(key=key, proposal_id=one.set_by, verdict=Verdict.REJECT)


def set_before(
    rulings: Iterable[LabelRuling],
    known: Mapping[LabelKey, KnownLabel],
    emptied: Collection[LabelKey],
    who: str,
) -> Iterator[LabelRuling]:
    """Of emptied cells that reject a new value: what was set before goes, too."""
    for ruling in rulings:
        one = known.get(ruling.key)
        if ruling.key not in emptied or one is None or one.withdrawn:
            continue
        if one.set_by not in ("", ruling.proposal_id) and one.set_decided_by in ("", who):
            yield LabelRuling(key=ruling.key, proposal_id=one.set_by, verdict=Verdict.REJECT)
