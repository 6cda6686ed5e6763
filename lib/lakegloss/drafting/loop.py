"""Asks about assets until each has an accepted text or was asked about often enough.

The one loop of all callers, as plain state: it says what to ask next and takes in what came. Who
carries the requests, and for how long, is up to its drivers (`drafter`, `in_turn`).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet

from lakegloss.core.assets import AssetKey
from lakegloss.core.inherit.heirs import Heirs
from lakegloss.core.inherit.inheritance import Donor, Inheritance
from lakegloss.core.plan.tasks import TableTasks
from lakegloss.core.records import Response
from lakegloss.core.requests import ModelRequest
from lakegloss.drafting.rendering import limits_of, render_requests
from lakegloss.drafting.rounds import Accepted, Rounds
from lakegloss.drafting.stopping import asks_too_much, has_text, least, unanswered, unavailable
from lakegloss.drafting.without_model import inheritance_of
from lakegloss.engine.attempt import Usage
from lakegloss.engine.outcome import Outcome
from lakegloss.errors import EndpointUnavailableError, LakeglossError
from lakegloss.programs.comment import CommentProgram
from lakegloss.settings_views import DraftingSettings


class DraftingLoop:
    """What is asked of one model about some tables, and what came of it.

    `while requests := loop.next_round(): loop.take(carry(requests))`

    Args:
        inheritance: what repeats is asked about once; by default each is asked about.
        answers: paid for earlier and not read yet.
        without: assets that have their text from elsewhere.
        is_reached: the endpoint has answered this caller before.

    Attributes:
        is_reached: whether the endpoint ever answered.
        not_asked: assets by what kept their requests back; needed: what the smallest of these may
            cost.
        cause: how the endpoint failed a request, the last time; last_failure: how it or the model
            did.
        silent: the error of the last round where the endpoint answered nothing in it.
        has_read: whether an answer came that could be read.
    """

    def __init__(
        self,
        tables: Sequence[TableTasks],
        program: CommentProgram,
        settings: DraftingSettings,
        *,
        inheritance: Inheritance | None = None,
        answers: Iterable[Response] = (),
        without: AbstractSet[AssetKey] = frozenset(),
        is_reached: bool = False,
    ) -> None:
        self._program = program
        self._settings = settings
        self._inheritance = inheritance or inheritance_of(settings, enabled=False)
        self._rounds = Rounds(tables, limits_of(settings), without=without)
        self._number = 0
        self.is_reached = is_reached
        self._ended_by: LakeglossError | None = None
        self.usage, self.calls = Usage(), 0
        self.not_asked: Counter[str] = Counter()
        self.needed: Usage | None = None
        self.cause = self.last_failure = ""
        self.silent: EndpointUnavailableError | None = None
        self.has_read = False
        self._refused: set[AssetKey] = set()
        earlier = list(answers)
        self.reused = len(earlier)
        self._rounds.take_all(earlier)
        self._heard = set(self._rounds.reasons)
        self._offer(self._rounds.accepted)
        self._heirs = Heirs(self._inheritance, self._rounds.left)
        self._hand_on(self._heirs.inherited)

    @property
    def accepted(self) -> Mapping[AssetKey, Accepted]:
        """The texts so far."""
        return self._rounds.accepted

    @property
    def error(self) -> LakeglossError | None:
        """What ended the asking: nothing may stand in for a model that never answered."""
        return self._ended_by or (None if self.is_reached else self.silent)

    @property
    def failed(self) -> set[AssetKey]:
        """Asked about often enough: the model answered, with nothing that passes."""
        return (set(self._rounds.left) - self._rounds.askable) & self._heard

    @property
    def unanswered(self) -> int:
        """How many assets the endpoint failed each request about."""
        return len(set(self._rounds.left) - self._rounds.askable - self._heard)

    @property
    def refused(self) -> set[AssetKey]:
        """Those without a text about which the model would say nothing at all, the last time."""
        return self._refused & set(self._rounds.left)

    @property
    def size(self) -> int:
        """How many assets have no text so far."""
        return len(self._rounds.left)

    def why_none(self, key: AssetKey) -> tuple[str, tuple[str, ...]]:
        """Why an asset has no text, and which checks its last one failed."""
        return self._rounds.reasons.get(key, ""), self._rounds.failures.get(key, ())

    def next_round(self) -> list[ModelRequest]:
        """The requests to carry now; none where there is nothing to ask, or no use in it.

        What was never asked about is not asked in small company.
        """
        if self.error is not None or self.not_asked:
            return []
        fresh, again = self._rounds.works_by_asks()
        requests = render_requests(self._program, self._settings, fresh)
        for together, works in again.items():
            requests += render_requests(
                self._program, self._settings, works, number=self._number, together=together
            )
        self._number += 1
        return requests

    def take(self, outcome: Outcome) -> None:
        """Take in what came of a round."""
        before = set(self._rounds.accepted)
        self._rounds.take_all(outcome.responses)
        for item in outcome.not_asked:
            self.not_asked[item.reason.value] += len(item.request.assets)
        self.usage += outcome.usage
        self.calls += outcome.attempts
        self.needed = least(outcome.not_asked)
        self._ended_by = outcome.error
        self._judge(outcome)
        self._offer(self._rounds.accepted.keys() - before)
        self._hand_on(self._heirs.settle(self._rounds.askable))
        for reason in list(self.not_asked)[:1]:  # who waits for others was not asked, either
            self.not_asked[reason] += len(self._heirs.waiting)

    def _judge(self, outcome: Outcome) -> None:
        """Tell a dead endpoint from a model that fails."""
        for response in outcome.responses:
            keys = {AssetKey(a.table, a.column) for a in response.assets}
            self.has_read = self.has_read or has_text(response)
            self._refused -= keys
            self._refused |= keys if asks_too_much(response) else set()
            self.last_failure = response.error or self.last_failure
            if unanswered(response):
                self.cause = response.error
            else:
                self.is_reached = True
                self._heard |= keys
        self.silent = unavailable(outcome.responses, last=not self._rounds.works())

    def _offer(self, keys: Iterable[AssetKey]) -> None:
        """Let others take over what a model wrote."""
        for key in keys:
            accepted = self._rounds.accepted[key]
            origin = accepted.origin
            if isinstance(origin, Response):
                donor = Donor(
                    asset=key,
                    text=accepted.text,
                    request_hash=origin.request_hash,
                    program=origin.program,
                    program_version=origin.program_version,
                    variant=origin.variant,
                    model=origin.model,
                )
                self._inheritance.offer(key, donor)

    def _hand_on(self, found: Mapping[AssetKey, Donor]) -> None:
        for key, donor in found.items():
            self._rounds.inherit(key, donor)
        self._rounds.waiting = self._heirs.waiting
