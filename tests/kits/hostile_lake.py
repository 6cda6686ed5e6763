"""A lake for hostile answers: each name holds a mark, so that a comment tells whose it is."""

import itertools
import re
import string
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from lakegloss.core.assets import AssetKey, Column, Table
from lakegloss.core.inherit.inheritance import Inheritance
from lakegloss.core.plan.choices import Policy
from lakegloss.core.plan.tasks import Describer, Rules, TableTasks, tasks_of
from lakegloss.core.records import Proposal, Response
from lakegloss.core.requests import ModelRequest
from lakegloss.drafting.drafted import Drafted
from lakegloss.drafting.drafter import Asker, ModelDrafter
from lakegloss.drafting.proposals import proposals_of
from lakegloss.engine.outcome import Outcome
from lakegloss.programs.comment import CommentProgram
from lakegloss.settings import Settings
from tests.kits.model_server import MODES, ModelServer, messages_key

_NOUNS = """
amount balance batch branch capacity channel charge cluster contract country currency customer
deposit device discount distance driver duration engine factory freight harbour income
invoice journey ledger licence margin meter network offer parcel payment penalty pension pipeline
platform pressure product quantity quota region rental salary season segment shipment signal
station storage supplier tariff temperature terminal ticket traffic transfer vehicle velocity
vendor voltage volume voyage warehouse weight
""".split()
# None of them is a word of the server's sentences: a text that has a word of its own name is right.
_MARK = re.compile(r"zq[a-z]{4}")


def mark(number: int) -> str:
    letters = []
    for _ in range(4):
        number, rest = divmod(number, 26)
        letters.append(string.ascii_lowercase[rest])
    return "zq" + "".join(letters)


def make_lake(tables: int, columns: int) -> list[TableTasks]:
    """Tables whose assets all wait for a comment; no two names share a mark."""
    numbers = itertools.count()
    nouns = itertools.cycle(itertools.product(_NOUNS, _NOUNS[7:] + _NOUNS[:7]))
    rules = Rules(
        policy=Policy(name="missing", thin_words=4, overwrite_human=False, intended="model"),
        describer=Describer(version="1", family="m", style="standard", language="English"),
        comment_on_column=False,
        guidance=lambda _table, _column: (),
    )
    lake = []
    for _ in range(tables):
        paths = [f"{'_'.join(next(nouns))}_{mark(next(numbers))}" for _ in range(columns)]
        table = Table(
            name=f"lake.{next(nouns)[0]}_{mark(next(numbers))}",
            columns=tuple(
                Column(path=p, data_type="double", position=n) for n, p in enumerate(paths)
            ),
        )
        lake.append(tasks_of(table, {}, {}, {}, rules))
    return lake


def shifted(proposals: Sequence[Proposal]) -> list[Proposal]:
    """Comments of the model that do not have their own asset's mark alone."""
    return [
        p
        for p in proposals
        if p.source == "model" and set(_MARK.findall(p.text.lower())) != {_mark_of(p)}
    ]


def _mark_of(proposal: Proposal) -> str:
    return _MARK.findall(proposal.column or proposal.table)[-1]


class Recorded:
    """An asker that remembers what it asked."""

    def __init__(self, ask: Asker) -> None:
        self._ask = ask
        self.requests: dict[str, ModelRequest] = {}

    def __call__(self, requests: Sequence[ModelRequest]) -> Outcome:
        self.requests |= {request.request_hash: request for request in requests}
        return self._ask(requests)


def draft(lake: Sequence[TableTasks], settings: Settings, ask: Asker) -> Drafted:
    inheritance = Inheritance(
        limit=settings.max_column_comment,
        style=settings.style,
        language=settings.language,
        enabled=False,
    )
    drafter = ModelDrafter(settings, CommentProgram(), ask, inheritance)
    return drafter.draft(lake, (), keep=lambda: None)


def assert_all_held(
    lake: Sequence[TableTasks],
    drafted: Drafted,
    kept: Sequence[Response],
    requests: Mapping[str, ModelRequest],
    server: ModelServer,
) -> Counter[str]:
    """What must hold whatever the server did; comes back with the sources of the comments.

    Args:
        kept: what the journal or the ledger has.
        requests: those that were asked, by hash.
    """
    counts, bills = server.settled_counts(), server.bills()
    assert drafted.error is None
    assert drafted.not_asked == {}
    assert len(counts["faults"]) >= 0.9 * len(MODES["hostile"]), "else little was tried"

    # Every asset has one proposal: its own comment, or a reason. The few that no answer came for
    # in any round wait for the next run.
    keys = [task.key for table in lake for task in table.tasks]
    proposals = proposals_of(drafted.drafts, "run")
    proposed = [AssetKey(p.table, p.column) for p in proposals]
    assert len(proposed) == len(set(proposed) & set(keys)) == len(keys) - drafted.unanswered
    assert drafted.unanswered <= len(keys) // 1000
    assert shifted(proposals) == []
    assert all(p.source == "model" or p.reason for p in proposals)

    # What was paid is kept, once for each attempt that the server saw. A form that is refused
    # before any was taken costs nothing: one attempt may try up to three simpler ones.
    assert len({r.response_id for r in kept}) == len(kept) == drafted.calls
    # A call on a connection that the server closes at that moment may never be read by it.
    unread = sum(r.error.startswith("transport: ") for r in kept)
    assert drafted.calls - unread <= counts["requests"] <= drafted.calls + 3
    wrong = wrongly_counted(kept, requests, bills, smuggled=counts["faults"].get("smuggled", 0))
    assert not wrong, wrong[:3]
    assert sum(r.input_tokens for r in kept) == drafted.usage.input
    assert sum(r.output_tokens for r in kept) == drafted.usage.output
    every = [bill for several in bills.values() for bill in several]
    assert drafted.usage.input >= sum(bill["input_tokens"] for bill in every)
    assert drafted.usage.output >= sum(bill["output_tokens"] for bill in every)
    return Counter(p.source for p in proposals)


Paid = tuple[int, int] | None
"""Tokens in and out; None where the client cannot know them."""


def wrongly_counted(
    kept: Sequence[Response],
    requests: Mapping[str, ModelRequest],
    bills: Mapping[str, Sequence[Mapping[str, Any]]],
    *,
    smuggled: int,
) -> list[str]:
    """Requests whose attempts do not add up to what the server billed for them.

    Where the client was told the figures, they are the server's to the token. Nothing is paid for
    an error. For an answer that was lost on the way, or came without figures, an estimate is
    flagged: what the request may have cost at most, or what the text that came has.

    Args:
        smuggled: how often the server sent a second answer, without figures. Rarely one comes just
            when its connection is used again, and takes the place of that request's own; the text
            is told by the names in it and asked for again.
    """
    attempts: dict[str, list[Response]] = {}
    for response in kept:
        attempts.setdefault(response.request_hash, []).append(response)
    wrong, replaced = [], 0
    for key, responses in attempts.items():
        request = requests[key]
        several = bills[_server_key(request)]
        billed = Counter(map(_billed, several))
        counted = Counter(map(_counted, responses))
        # On a busy machine the client's time may be over while the server still answers, and what
        # the server sends too late may be read before the client looks at its clock.
        late = sum(r.error.startswith("timeout") for r in responses)
        read = Counter((b["input_tokens"], b["output_tokens"]) for b in several if not b["told"])
        fair = all(_fair(r, request) for r in responses if r.usage_estimated)
        # A call on a connection that the server closes at that moment may never be read by it.
        broken = sum(r.error.startswith("transport: ") for r in responses)
        unread = min(broken, max(0, len(responses) - billed.total()))
        counted -= Counter({None: unread})
        more = (counted - billed)[None] - late
        if smuggled > replaced and 0 < more <= sum(r.usable for r in responses):
            replaced += more
            late += more
        all_there = len(responses) - unread == billed.total()
        if not fair or not all_there or not _agree(billed, counted, late, read):
            errors = sorted({r.error[:60] for r in responses if r.error})
            wrong.append(
                f"{request.request_hash}: {billed} is not {counted}; {late} late; {errors}"
            )
    return wrong


def _server_key(request: ModelRequest) -> str:
    return messages_key([{"role": m.role, "content": m.content} for m in request.messages])


def _billed(bill: Mapping[str, Any]) -> Paid:
    known = bill["told"] or not bill["output_tokens"]
    return (bill["input_tokens"], bill["output_tokens"]) if known else None


def _counted(response: Response) -> Paid:
    paid = (response.input_tokens, response.output_tokens)
    return None if response.usage_estimated else paid


def _agree(
    billed: Counter[Paid], counted: Counter[Paid], late: int, read: Counter[tuple[int, int]]
) -> bool:
    """Whether what was counted is what was billed.

    Args:
        late: answers that the client gave up; read: the figures of those sent too late.
    """
    more = counted - billed
    unknown = more.pop(None, 0)
    return unknown <= late and all(times <= read[paid] for paid, times in more.items() if paid)


def _fair(response: Response, request: ModelRequest) -> bool:
    bounded = response.usable or response.output_tokens <= request.max_tokens
    return bounded and response.input_tokens == request.input_tokens
