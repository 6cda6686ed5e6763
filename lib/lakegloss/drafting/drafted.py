"""Holds the results of drafting: a text or a reason for each asset, and the cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lakegloss.core.checks.comment import Check
from lakegloss.core.inherit.inheritance import Donor
from lakegloss.core.plan.tasks import Task
from lakegloss.core.records import Response, Source
from lakegloss.drafting.rounds import Accepted
from lakegloss.engine.attempt import Usage
from lakegloss.errors import LakeglossError


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The text for one asset.

    Attributes:
        text: '' where there is nothing to say.
        fingerprint: of the task; '' where the rules stand in for a model, so that a later run
            asks the model again.
        origin: the answer, or the other asset, that the text came from; None with the rules.
        model: the name of the model that wrote it, as callers know it.
        checks: which checks the model's last text failed; of a text that was taken, that it is
            doubtful and waits for a person.
        reason: why no text of the model was taken or why it is doubtful, or whose comment was
            taken over.
        unknown: words that nobody knows, where the rules' text tells no more than they do.
    """

    task: Task
    text: str
    source: Source
    fingerprint: str = ""
    origin: Response | Donor | None = None
    model: str = ""
    checks: tuple[str, ...] = ()
    reason: str = ""
    unknown: tuple[str, ...] = ()

    @property
    def is_doubtful(self) -> bool:
        """Whether the text must not be written before a person has seen it."""
        return bool(self.unknown) or (self.source is Source.MODEL and bool(self.checks))


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """The results of drafting for some tables.

    Attributes:
        usage: of all calls, including failed ones.
        calls: how many attempts were made.
        reused: how many answers of earlier runs gave a text.
        not_asked: how many assets were not asked about, by reason.
        needed: what the smallest request that was not asked may cost.
        unanswered: how many assets got no answer, as the endpoint failed each request.
        cause: how the endpoint failed, the last time.
        tried: the names of the models that were asked, in order.
        error: why the asking ended early, or how the last model's endpoint failed.
    """

    drafts: Sequence[Draft] = ()
    usage: Usage = field(default_factory=Usage)
    calls: int = 0
    reused: int = 0
    not_asked: Mapping[str, int] = field(default_factory=dict)
    needed: Usage | None = None
    unanswered: int = 0
    cause: str = ""
    tried: tuple[str, ...] = ()
    error: LakeglossError | None = None


def accepted_draft(task: Task, accepted: Accepted, *, model: str = "") -> Draft:
    """Turn an accepted text, of a model or of another asset, into a draft.

    Args:
        model: the name of the model as callers know it; by default the name in the answer.
    """
    origin = accepted.origin
    if isinstance(origin, Donor):
        return inherited_draft(task, origin)
    return Draft(
        task=task,
        text=accepted.text,
        source=Source.MODEL,
        fingerprint=task.fingerprint,
        origin=origin,
        model=model or origin.model,
        checks=(Check.UNRELATED.value,) if accepted.doubt else (),
        reason=accepted.doubt,
    )


def inherited_draft(task: Task, donor: Donor) -> Draft:
    """Draft a comment that is inherited, with its origin."""
    return Draft(
        task=task,
        text=donor.text,
        source=Source.INHERITED,
        fingerprint=task.fingerprint,
        origin=donor,
        model=donor.model,
        reason=f"the comment of {donor.asset}",
    )
