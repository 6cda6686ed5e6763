"""Asking for labels: in rounds, in two steps for a large tree, and never twice for the same."""

import json
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from lakegloss.core.assets import AssetKey, Column, Table
from lakegloss.core.labels.by_rules import LabelFacts
from lakegloss.core.labels.questions import TableQuestion, question_of
from lakegloss.core.labels.tree import DomainNode, DomainTree, tree_from
from lakegloss.core.records import Response
from lakegloss.core.requests import ModelRequest
from lakegloss.engine.outcome import NotAsked, Outcome, Reason
from lakegloss.lakehouse.labels.asking_labels import LabelAnswers, LabelAsker, is_small
from lakegloss.programs.labels.label_program import label_program
from lakegloss.settings import load_settings

PROGRAM = label_program()
DRAFTING = load_settings(environ={}, model="m", endpoint="http://x/v1").drafting
SMALL = tree_from({"sales": {"subdomains": ["orders", "pricing"]}, "care": None})
LARGE = DomainTree(
    domains=tuple(
        DomainNode(
            name=f"domain {n}",
            about="what belongs there is told in some words of no meaning " * 2,
            children=tuple(DomainNode(name=f"part {m} of {n}") for m in range(12)),
        )
        for n in range(12)
    )
)
Answer = Callable[[dict[str, str], dict[str, list[str]]], dict[str, str]]


class Model:
    """Answers by a function of the ids with their names, and of the request."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.requests: list[ModelRequest] = []

    def __call__(self, requests: Sequence[ModelRequest]) -> Outcome:
        self.requests += requests
        responses = tuple(map(self._response, requests))
        return Outcome(responses=responses, attempts=len(responses))

    def shown(self, number: int) -> dict[str, list[str]]:
        found: dict[str, list[str]] = json.loads(self.requests[number].messages[-1].content)
        return found

    def _response(self, request: ModelRequest) -> Response:
        shown = json.loads(request.messages[-1].content)
        lines = (re.match(r"([tc]\d+) ([^ :]+)", line) for line in shown["tables"])
        said = self._answer({m[1]: m[2] for m in lines if m}, shown)
        text = json.dumps({"given": [{"id": i, "text": t} for i, t in said.items()]})
        return response(request, text)


def response(request: ModelRequest, text: str) -> Response:
    return Response(
        response_id="r", request_hash=request.request_hash, attempt=1, run_id="", text=text,
        usable=True, error="", finish_reason="stop", input_tokens=1, cached_tokens=0,
        output_tokens=1, usage_estimated=False, latency=0.0, model="m", program="label",
        program_version="", variant="", transport="driver", endpoint="", assets=request.assets,
        answered_at=datetime.now(UTC),
    )  # fmt: skip


def questions(tree: DomainTree, *names: str) -> list[TableQuestion]:
    tables = [
        Table(name=name, columns=(Column(path="note", data_type="string"),)) for name in names
    ]
    return [
        question_of(
            LabelFacts(table=table, evidence={}), ["note"], tree, asker="m", asks_domain=True
        )
        for table in tables
    ]


def ask(
    model: Model, tree: DomainTree, asked: list[TableQuestion], held: Sequence[Response] = ()
) -> LabelAnswers:
    paid = {one.request_hash: [one] for one in held}
    asker = LabelAsker(PROGRAM, DRAFTING, tree, model, held=paid, keep=lambda: None)
    return asker.answer(asked)


def test_one_request_asks_for_domain_and_subdomain_of_a_small_tree() -> None:
    model = Model(lambda ids, _: {i: "sales/orders" if i[0] == "t" else "none" for i in ids})
    answers = ask(model, SMALL, questions(SMALL, "shop.a", "shop.b"))
    assert len(model.requests) == answers.calls == 1
    assert answers.given[AssetKey("shop.b")].label == "sales/orders"
    assert answers.given[AssetKey("shop.b", "note")].label == ""


def test_what_is_not_listed_is_asked_again_in_smaller_requests_and_then_left() -> None:
    def answer(ids: dict[str, str], shown: dict[str, list[str]]) -> dict[str, str]:
        sure = {i: "none" for i in ids if i[0] == "c"}
        domains = {i: "care" if shown["feedback"] else "Healthcare" for i in ids if i[0] == "t"}
        return sure | domains

    model = Model(answer)
    answers = ask(model, SMALL, questions(SMALL, "shop.a"))
    assert answers.given[AssetKey("shop.a")].label == "care"
    assert len(model.requests) == 2
    assert not any(line.startswith("c1") for line in model.shown(1)["tables"])
    stubborn = Model(lambda ids, _: dict.fromkeys(ids, "Healthcare"))
    answers = ask(stubborn, SMALL, questions(SMALL, "shop.a"))
    assert answers.given == {}
    assert answers.refused[AssetKey("shop.a")] == "Healthcare"
    assert len(stubborn.requests) == DRAFTING.max_asks


def test_of_a_large_tree_the_domains_come_first() -> None:
    def answer(ids: dict[str, str], shown: dict[str, list[str]]) -> dict[str, str]:
        deep = "/" in shown["labels"][0]
        tables = {i: "part 3 of 7" if deep else "Domain-7" for i in ids if i[0] == "t"}
        return tables | {i: "email" for i in ids if i[0] == "c"}

    assert not is_small(LARGE)
    model = Model(answer)
    answers = ask(model, LARGE, questions(LARGE, "shop.a", "shop.b"))
    assert len(model.requests) == 2
    assert len(model.shown(0)["labels"]) == len(model.shown(1)["labels"]) == 12
    assert answers.given[AssetKey("shop.a")].label == "domain 7/part 3 of 7"
    assert answers.given[AssetKey("shop.b", "note")].label == "email"
    assert model.shown(1)["classes"] == []


def test_the_second_step_may_name_no_other_domain() -> None:
    def answer(ids: dict[str, str], shown: dict[str, list[str]]) -> dict[str, str]:
        deep = any("/" in line for line in shown["labels"])
        said = {"t": "domain 8/part 3 of 8" if deep else "domain 7", "c": "none"}
        return {i: said[i[0]] for i in ids}

    answers = ask(Model(answer), LARGE, questions(LARGE, "shop.a"))
    assert answers.given[AssetKey("shop.a")].label == "domain 7"


def test_paid_answers_are_read_before_anything_is_asked() -> None:
    asked = questions(SMALL, "shop.a")
    model = Model(lambda ids, _: dict.fromkeys(ids, "none"))
    ask(model, SMALL, asked)
    paid = response(
        model.requests[0], '{"given":[{"id":"t1","text":"care"},{"id":"c1","text":"none"}]}'
    )
    answers = ask(model, SMALL, asked, [paid])
    assert (answers.calls, answers.reused, len(model.requests)) == (0, 1, 1)
    assert answers.given[AssetKey("shop.a")].label == "care"


def test_a_budget_ends_asking_and_what_has_half_an_answer_waits() -> None:
    calls: list[int] = []

    def bounded(requests: Sequence[ModelRequest]) -> Outcome:
        calls.append(len(requests))
        if len(calls) == 1:
            text = '{"given":[{"id":"t1","text":"domain 7"},{"id":"c1","text":"none"}]}'
            return Outcome(responses=(response(requests[0], text),), attempts=1)
        left = tuple(NotAsked(request=r, reason=Reason.BUDGET) for r in requests)
        return Outcome(not_asked=left)

    asker = LabelAsker(PROGRAM, DRAFTING, LARGE, bounded, held={}, keep=lambda: None)
    answers = asker.answer(questions(LARGE, "shop.a"))
    assert answers.not_asked == {"budget": 1}
    assert AssetKey("shop.a") not in answers.given
    assert calls == [1, 1]
