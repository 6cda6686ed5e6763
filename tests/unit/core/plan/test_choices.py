from dataclasses import replace

import pytest

from lakegloss.core.assets import AssetKey
from lakegloss.core.plan.choices import Action, Choice, Known, Policy, choose, text_hash
from lakegloss.core.plan.tasks import Task
from lakegloss.core.records import ProposalStatus


def policy(name: str = "missing", *, human: bool = False, intended: str = "model") -> Policy:
    return Policy(name=name, thin_words=4, overwrite_human=human, intended=intended)


def known(
    fingerprint: str = "f",
    *,
    text: str = "ours",
    source: str = "model",
    status: str = "ready",
    verdict: str = "",
    written: bool = True,
) -> Known:
    return Known(
        proposal_id="p",
        fingerprint=fingerprint,
        source=source,
        status=status,
        verdict=verdict,
        decided_text=text,
        rejected=frozenset({fingerprint}) if verdict == "reject" else frozenset(),
        written={text_hash(text): source} if written else {},
    )


def test_a_text_that_was_rejected_is_not_ready_when_it_is_drafted_anew() -> None:
    task = Task(
        key=AssetKey("s.v", "c"),
        fingerprint="changed",
        choice=Choice(action=Action.DESCRIBE),
        comment="",
        refused=frozenset({text_hash("Number of the flight.")}),
    )
    assert task.status_of("Number of the flight.") is ProposalStatus.NEEDS_REVIEW
    assert task.status_of("Another text.") is ProposalStatus.READY


NEW = Known()
THEIRS = "A text that a person wrote about it"


@pytest.mark.parametrize(
    ("comment", "state", "rule", "action"),
    [
        pytest.param("", NEW, policy(), Action.DESCRIBE, id="missing"),
        pytest.param("  ", NEW, policy(), Action.DESCRIBE, id="blank is missing"),
        pytest.param(THEIRS, NEW, policy(), Action.KEEP, id="people's text stays"),
        pytest.param(
            "", known(), policy(), Action.PENDING, id="lost by a rebuild: from the ledger"
        ),
        pytest.param("ours", known(), policy(), Action.KEEP, id="applied"),
        pytest.param(
            THEIRS, known(status="overtaken"), policy(), Action.KEEP, id="overtaken by a person"
        ),
        pytest.param(
            "", known(status="overtaken"), policy(), Action.DESCRIBE, id="overtaken, and gone since"
        ),
        pytest.param(
            THEIRS,
            known(status="overtaken"),
            policy("all", human=True),
            Action.DESCRIBE,
            id="overtaken, and wanted again",
        ),
        pytest.param("ours", known("old"), policy(), Action.KEEP, id="stale is not missing"),
        pytest.param("ours", known("old"), policy("stale"), Action.DESCRIBE, id="stale"),
        pytest.param("ours", known(), policy("stale"), Action.KEEP, id="not stale"),
        pytest.param(
            THEIRS, known("old"), policy("stale"), Action.KEEP, id="people never go stale"
        ),
        pytest.param("", known(verdict="reject"), policy(), Action.REJECTED, id="rejected"),
        pytest.param(
            "",
            known("old", verdict="reject"),
            policy(),
            Action.DESCRIBE,
            id="rejected, but changed",
        ),
        pytest.param(
            "ours", known("", source="rules"), policy(), Action.DESCRIBE, id="rules give way"
        ),
        pytest.param(
            "ours",
            known(source="rules"),
            policy(intended="rules"),
            Action.KEEP,
            id="rules stay without a model",
        ),
        pytest.param(
            "",
            known(status="failed", text=""),
            policy(intended="rules"),
            Action.NOTHING_TO_SAY,
            id="nothing to say, and nothing new",
        ),
        pytest.param(
            "",
            Known(fingerprint="newer", rejected=frozenset({"f"})),
            policy(),
            Action.REJECTED,
            id="rejected before another style was tried",
        ),
        pytest.param(
            THEIRS,
            known(status="needs_review", written=False),
            policy("all"),
            Action.WAITING,
            id="waits for a review",
        ),
        pytest.param("Id.", NEW, policy("thin"), Action.DESCRIBE, id="thin"),
        pytest.param(THEIRS, NEW, policy("thin"), Action.KEEP, id="not thin"),
        pytest.param(
            "ours", known(), policy("thin"), Action.KEEP, id="thin, but the best there is"
        ),
        pytest.param(THEIRS, NEW, policy("all"), Action.DESCRIBE, id="all, for a review"),
        pytest.param("ours", known(), policy("all"), Action.KEEP, id="all, unchanged"),
        pytest.param("edited by her", known(), policy(), Action.KEEP, id="edited after us"),
    ],
)
def test_what_is_done_about_an_asset(
    comment: str, state: Known, rule: Policy, action: Action
) -> None:
    assert choose(comment, "f", state, rule).action is action


@pytest.mark.parametrize(
    ("comment", "human", "status"),
    [
        pytest.param("", False, ProposalStatus.READY, id="nothing is replaced"),
        pytest.param(THEIRS, False, ProposalStatus.NEEDS_REVIEW, id="a person's text"),
        pytest.param(THEIRS, True, ProposalStatus.READY, id="the policy says so"),
    ],
)
def test_people_are_never_overwritten_unasked(
    comment: str,
    human: bool,  # noqa: FBT001
    status: ProposalStatus,
) -> None:
    assert choose(comment, "f", NEW, policy("all", human=human)).status is status


def test_a_review_edit_belongs_to_the_person() -> None:
    state = Known(written={text_hash("edited"): "human"})
    assert state.author("edited") == "human"
    assert choose("edited", "f", state, policy("all")).status is ProposalStatus.NEEDS_REVIEW


FALSE = "ours"


@pytest.mark.parametrize(
    ("comment", "state", "rule", "choice"),
    [
        pytest.param("ours", known("old"), policy(), Choice(action=Action.DESCRIBE), id="ours"),
        pytest.param("ours", known(), policy(), Choice(action=Action.DESCRIBE),
                     id="within the steps of a fingerprint"),
        pytest.param("ours", known("old", source="rules"), policy(intended="rules"),
                     Choice(action=Action.DESCRIBE), id="the rules'"),
        pytest.param("ours", known("old", source="human"), policy(), Choice(action=Action.KEEP),
                     id="a person's edit"),
        pytest.param("ours", NEW, policy(), Choice(action=Action.KEEP), id="a person's text"),
        pytest.param("ours", replace(known("old", verdict="accept"), by_person=True), policy(),
                     Choice(action=Action.DESCRIBE, status=ProposalStatus.NEEDS_REVIEW),
                     id="a person accepted it"),
        pytest.param("ours", replace(known(text="new"), written={text_hash("ours"): "model"}),
                     policy(), Choice(action=Action.PENDING), id="drafted again, not applied yet"),
        pytest.param("", known(), policy(), Choice(action=Action.DESCRIBE),
                     id="the draft that waits is false itself"),
        pytest.param("ours", replace(known(verdict="reject"), decided_text="new"), policy(),
                     Choice(action=Action.REJECTED), id="a person rejected the new one"),
        pytest.param("ours", replace(known(text="", status="failed"),
                     written={text_hash("ours"): "model"}), policy(),
                     Choice(action=Action.NOTHING_TO_SAY), id="nothing else can be said"),
    ],
)  # fmt: skip
def test_a_text_of_lakegloss_that_data_contradict_is_drafted_again(
    comment: str, state: Known, rule: Policy, choice: Choice
) -> None:
    found = choose(comment, "f", state, rule, is_false=lambda text: text == FALSE)
    assert found == choice
