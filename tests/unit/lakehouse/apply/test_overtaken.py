"""Which proposals another comment has overtaken, and whose it is."""

from collections.abc import Mapping
from typing import Any, cast

import pytest

from lakegloss.core.assets import AssetKey
from lakegloss.core.plan.choices import Known, text_hash
from lakegloss.lakehouse.apply import overtaken
from lakegloss.lakehouse.apply.overtaken import OVERTAKEN, WRITTEN_ELSEWHERE, find_overtaken
from lakegloss.lakehouse.apply.writes import Writable, WritePlan
from lakegloss.lakehouse.ledgers.ledgers import Ledgers

OURS, THEIRS = "Of the other name.", "Hers."


def item(column: str, *, by_person: bool = False) -> Writable:
    return Writable(
        key=AssetKey("crm.t", column), proposal_id=f"p-{column}", text="Of it.", replaces="",
        verdict="accept" if by_person else "", by_person=by_person,
    )  # fmt: skip


def test_own_texts_under_another_name_end_a_proposal_as_those_of_people_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two tables at one place have the same comments: each saw none when it was planned."""
    written = {text_hash(OURS): "rules"}

    def moved(_: Any, __: Any, comments: Mapping[AssetKey, str]) -> dict[AssetKey, Known]:
        return {key: Known(written=written) for key in comments}

    monkeypatch.setattr(overtaken, "known_assets", lambda *_: {})
    monkeypatch.setattr(overtaken, "with_moved", moved)
    ready = [item("ours"), item("theirs"), item("decided", by_person=True)]
    waiting = [item("waits"), item("waits_theirs")]
    changed = {
        one.key: THEIRS if "theirs" in one.key.column else OURS for one in [*ready, *waiting]
    }
    skipped = {str(one.key): "changed since" for one in ready}
    plan = WritePlan(stages=(), skipped=skipped, changed=changed)
    found = find_overtaken(cast(Ledgers, None), plan, ready, waiting)
    assert {key.column: one.reason for key, one in found.items()} == {
        "ours": WRITTEN_ELSEWHERE, "theirs": OVERTAKEN, "waits_theirs": OVERTAKEN,
    }  # fmt: skip
    assert {one.proposal_id for one in found.values()} == {"p-ours", "p-theirs", "p-waits_theirs"}
