"""Decides what to ask a model next, until each asset has a text or was asked about often enough.

All callers share this loop. It holds state only: it makes the next requests and takes in their
outcome. Its drivers (`drafter`, `in_turn`) send the requests and decide for how long.
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
from lakegloss.engine.attempt import Usage
from lakegloss.engine.outcome import Outcome
from lakegloss.errors import EndpointUnavailableError, LakeglossError
from lakegloss.programs.comment import CommentProgram
from lakegloss.settings_views import DraftingSettings

_NOTHING_INHERITED = Inheritance(limit=0, style="", language="", enabled=False)


class DraftingLoop:
    """The questions to one model about some tables, and what came of them.

    `while requests := loop.next_round(): loop.take(carry(requests))`

    Args:
        inheritance: lets columns that repeat share a text; by default each column is asked about.
        answers: answers that were paid for earlier and not read yet.
        without: assets that have their text from elsewhere.
        is_reached: whether the endpoint has answered this caller before.

    Attributes:
        is_reached: whether the endpoint ever answered.
        not_asked: how many assets were not asked about, by reason.
        needed: what the smallest request that was not asked may cost.
        cause: how the endpoint failed a request, the last time.
        last_failure: how the endpoint or the model failed, the last time.
        silent: the error of the last round, where the endpoint answered no request of it.
        has_read: whether an answer came that could be read.
        reused: how many of the earlier answers gave a text.
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
        self._inheritance = inheritance or _NOTHING_INHERITED
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
        self._rounds.take_all(earlier)
        self.reused = self._used()
        self._heard = set(self._rounds.reasons)
        self._offer(self._rounds.accepted)
        keys = () if self._inheritance.is_empty else self._rounds.left
        self._heirs = Heirs(self._inheritance, keys)
        self._hand_on(self._heirs.inherited)

    def _used(self) -> int:
        """How many answers gave a text that was accepted."""
        origins = (accepted.origin for accepted in self._rounds.accepted.values())
        responses = (origin for origin in origins if isinstance(origin, Response))
        return len({(response.request_hash, response.attempt) for response in responses})

    @property
    def accepted(self) -> Mapping[AssetKey, Accepted]:
        """The accepted texts so far."""
        return self._rounds.accepted

    @property
    def error(self) -> LakeglossError | None:
        """Why the asking ended early. An endpoint that never answered is an error."""
        return self._ended_by or (None if self.is_reached else self.silent)

    @property
    def failed(self) -> set[AssetKey]:
        """Assets that were asked about often enough: the model answered, but no text passed."""
        return (set(self._rounds.left) - self._rounds.askable) & self._heard

    @property
    def unanswered(self) -> int:
        """How many assets got no answer at all, as the endpoint failed each request."""
        return len(set(self._rounds.left) - self._rounds.askable - self._heard)

    @property
    def refused(self) -> set[AssetKey]:
        """Assets without a text about which the model refused to answer, the last time."""
        return self._refused & set(self._rounds.left)

    @property
    def size(self) -> int:
        """How many assets have no text so far."""
        return len(self._rounds.left)

    def why_none(self, key: AssetKey) -> tuple[str, tuple[str, ...]]:
        """Why an asset has no text, and which checks its last text failed."""
        return self._rounds.reasons.get(key, ""), self._rounds.failures.get(key, ())

    def next_round(self) -> list[ModelRequest]:
        """The next requests to send; none where nothing is left to ask, or asking is of no use.

        Only assets that are asked about again go into small requests.
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
        """Take in the outcome of a round."""
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
        for reason in list(self.not_asked)[:1]:  # heirs were not asked about, either
            self.not_asked[reason] += len(self._heirs.waiting)

    def _judge(self, outcome: Outcome) -> None:
        """Tell an endpoint that fails from a model that fails."""
        answered = False
        for response in outcome.responses:
            keys = {AssetKey(a.table, a.column) for a in response.assets}
            self.has_read = self.has_read or has_text(response)
            self._refused -= keys
            self._refused |= keys if asks_too_much(response) else set()
            self.last_failure = response.error or self.last_failure
            if unanswered(response):
                self.cause = response.error
            else:
                answered = self.is_reached = True
                self._heard |= keys
        self.silent = None
        if not answered:
            self.silent = unavailable(outcome.responses, last=not self._rounds.works())

    def _offer(self, keys: Iterable[AssetKey]) -> None:
        """Offer the texts of a model to columns that may inherit them."""
        if self._inheritance.is_empty:
            return
        for key in keys:
            accepted = self._rounds.accepted[key]
            origin = accepted.origin
            if isinstance(origin, Response) and not accepted.doubt:
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

    def _hand_on(self, donors: Mapping[AssetKey, Donor]) -> None:
        for key, donor in donors.items():
            self._rounds.inherit(key, donor)
        self._rounds.waiting = self._heirs.waiting
        for key in self._rounds.left:
            if key not in self._heirs.waiting and (unfit := self._inheritance.unfit(key)):
                self._rounds.show_unfit(key, unfit)
