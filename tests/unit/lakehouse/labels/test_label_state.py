"""What people decided on labels holds in later runs, whatever the rules say then."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lakegloss.core.labels.label_actions import KnownLabel, LabelAction, tasks_of_labels
from lakegloss.core.labels.label_rows import WantedLabel
from lakegloss.core.labels.tags import LabelKey
from lakegloss.core.records import POLICY, UNDO, Source
from lakegloss.lakehouse.labels.label_state import known_from

KEY = LabelKey("shop.orders", "mail", "kind")
AT = datetime(2026, 1, 1, tzinfo=UTC)
PLACE = {"table": KEY.table, "column": KEY.column, "tag": KEY.tag}


def proposal(value: str, source: str = "rules", status: str = "ready") -> dict[str, Any]:
    more = dict.fromkeys(("fingerprint", "replaces", "reason", "request_hash"), "")
    return PLACE | more | {"proposal_id": value, "value": value, "source": source, "status": status}


def decision(of: str, verdict: str, text: str = "", origin: str = "file.tsv") -> dict[str, Any]:
    return {
        "proposal_id": of, "verdict": verdict, "text": text, "origin": origin, "decision_id": "d",
        "decided_by": "ann",
    }  # fmt: skip


def change(of: str, after: str, hours: int = 0) -> dict[str, Any]:
    return PLACE | {
        "change_id": f"{of}{hours}", "proposal_id": of, "status": "applied", "after": after,
        "changed_at": AT + timedelta(hours=hours),
    }  # fmt: skip


def known(*rows: list[dict[str, Any]]) -> KnownLabel:
    return known_from(*rows)[KEY]


def task_of(value: str, now: str | None, one: KnownLabel, source: str = "rules") -> Any:
    wanted = WantedLabel(key=KEY, value=value, source=source, reason="")
    [task] = tasks_of_labels([wanted], {} if now is None else {KEY: now}, {KEY: one})
    return task


EDITED = ([proposal("pii")], [decision("pii", "edit", "pci")], [change("pii", "pci")])
OF_PERSON = ([proposal("pci", Source.HUMAN)], [decision("pci", "accept")], [change("pci", "pci")])


@pytest.mark.parametrize("rows", [EDITED, OF_PERSON])
@pytest.mark.parametrize("wanted", ["pii", "phi", "None"])
def test_a_value_that_a_person_chose_stays(rows: Any, wanted: str) -> None:
    assert task_of(wanted, "pci", known(*rows)).action is LabelAction.PROTECTED
    assert task_of("pci", "pci", known(*rows)).action is LabelAction.KEEP


def test_over_a_value_that_a_person_accepted_another_one_waits() -> None:
    one = known([proposal("pii")], [decision("pii", "accept")], [change("pii", "pii")])
    task = task_of("phi", "pii", one)
    assert (task.action, task.is_sure, task.replaces) == (LabelAction.PROPOSE, False, "pii")
    assert "a person accepted" in task.reason
    assert task_of("phi", "pii", one, Source.HUMAN).is_sure, "a person fixed it in a file"
    by_policy = known(
        [proposal("pii")], [decision("pii", "accept", origin=POLICY)], [change("pii", "pii")]
    )
    assert task_of("phi", "pii", by_policy).is_sure


def test_what_waits_over_an_accepted_value_is_no_door_for_a_third_one() -> None:
    proposals = [proposal("pii"), proposal("phi", status="needs_review")]
    one = known(proposals, [decision("pii", "accept")], [change("pii", "pii")])
    assert not task_of("pci", "pii", one).is_sure
    edited = known([*EDITED[0], proposal("phi")], EDITED[1], EDITED[2])
    assert task_of("phi", "pci", edited).action is LabelAction.PROTECTED


def test_a_later_run_may_take_up_what_a_person_chose_before_somebody_undid_it() -> None:
    undone = change("pii", "pci") | {"status": "undone"}
    one = known(EDITED[0], [decision("pii", "reject", origin="undo")], [undone])
    assert (one.written, one.chosen) == (frozenset(), frozenset())
    assert task_of("phi", None, one).action is LabelAction.PROPOSE


REJECTED = decision("pii", "reject")


def removal(hours: int = 1, status: str = "applied") -> dict[str, Any]:
    return change("pii", "", hours) | {"status": status}


def test_what_a_person_rejects_after_it_was_set_is_to_be_taken_away() -> None:
    one = known([proposal("pii")], [REJECTED], [change("pii", "pii")])
    assert (one.next_value, one.set_by, one.set_decided_by) == ("", "pii", "ann")
    for origin in (POLICY, UNDO):
        nobody = [decision("pii", "reject", origin=origin)]
        assert known([proposal("pii")], nobody, [change("pii", "pii")]).next_value is None
    accepted = known([proposal("pii")], [decision("pii", "accept")], [change("pii", "pii")])
    assert accepted.next_value is None


def test_a_newer_value_that_is_ready_takes_the_place_of_one_that_was_withdrawn() -> None:
    both = [proposal("pii"), proposal("phi")]
    one = known(both, [REJECTED], [change("pii", "pii")])
    assert (one.withdrawn, one.next_value) == (True, "phi")
    waits = known(
        [both[0], proposal("phi", status="needs_review")], [REJECTED], [change("pii", "pii")]
    )
    assert waits.next_value == ""


def test_what_was_taken_away_is_set_again_only_when_a_person_accepts_it() -> None:
    changes = [change("pii", "pii"), removal()]
    one = known([proposal("pii")], [REJECTED], changes)
    assert (one.next_value, one.applied, one.set_by, one.written) == (None, False, "", frozenset())
    assert task_of("pii", None, one).action is LabelAction.REJECTED
    again = known([proposal("pii")], [REJECTED, decision("pii", "accept")], changes)
    assert again.next_value == "pii"
    set_again = known(
        [proposal("pii")], [decision("pii", "accept")], [*changes, change("pii", "pii", 2)]
    )
    assert (set_again.applied, set_again.next_value) == (True, None)


def test_an_undo_of_taking_away_leaves_the_tag_set() -> None:
    decisions = [REJECTED, decision("pii", "accept", origin=UNDO)]
    back = change("", "pii", 2)
    one = known([proposal("pii")], decisions, [change("pii", "pii"), removal(1, "undone"), back])
    assert (one.applied, one.withdrawn, one.next_value) == (True, False, None)
    assert one.written == {"pii"}
