"""Compares comments by dbxmetagen's prompt with ours, answered by one model, on described tables.

Both sides are asked for the same tables of gold.jsonl, whose comments are hidden: theirs with five
rows as they are and its metadata, ours with the evidence that a run sends under the default policy
for values. score.py says how near the comments come to what people wrote; differences are paired by
table. An answer is asked for once on their side (what cannot be read gives no comment), and by our
own rules of asking again on ours. Tokens are those that the endpoint reports. Answers are kept in a
journal, so the same command goes on where it was stopped.
"""

import os
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from benchmarks.bench import record, table
from benchmarks.house_words import HOURS, MEASURES, Texts, scores_of
from benchmarks.inherited_quality import name_of, tasks_for
from benchmarks.peers.dbxmetagen_prompt import (
    MAX_TOKENS,
    SUMMARY_MAX_TOKENS,
    SUMMARY_TEMPERATURE,
    TEMPERATURE,
    PeerPrompt,
    prompt_at_hand,
    summary_messages,
    table_messages,
)
from benchmarks.yardstick import GoldTable, read_gold, some
from lakegloss.compat.dbxmetagen.generators.generator_answers import texts_in_answer
from lakegloss.core.records import Response
from lakegloss.core.requests import Message, ModelRequest, estimate
from lakegloss.core.statistics import intervals
from lakegloss.drafting.drafter import ModelDrafter
from lakegloss.engine.engine import Engine, engine_from
from lakegloss.engine.journal import read_journal
from lakegloss.errors import AnswerError
from lakegloss.programs.comment import CommentProgram
from lakegloss.settings import Settings, load_settings

BENCH = "dbxmetagen"
OURS = "lakegloss"


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What one way of asking gave.

    Attributes:
        texts: comments by the table's name in gold.jsonl and the column.
        calls, sent, answered: calls that were answered, and their tokens.
        unread: answers that could not be read.
    """

    texts: Texts
    calls: int
    sent: int
    answered: int
    unread: int = 0


def compare_answers(
    gold: Path, *, tables: int, styles: Sequence[str], settings: Settings
) -> dict[str, Side]:
    """Ask both sides at once, print their figures, and record the differences."""
    chosen = some(read_gold(gold), tables)
    prompts = {f"dbxmetagen, {style}": prompt_at_hand(style) for style in styles}
    with ThreadPoolExecutor(1 + len(prompts)) as pool:
        own = pool.submit(our_side, gold, chosen, settings)
        others = {
            name: pool.submit(their_side, gold, chosen, prompt, settings, name)
            for name, prompt in prompts.items()
        }
        sides = {OURS: own.result(), **{name: one.result() for name, one in others.items()}}
    origin = next(iter(prompts.values())).origin if prompts else ""
    report(chosen, sides, gold.resolve().parents[1] / "yardstick" / "score.py", origin)
    return sides


def settings_for(home: Path, *, model: str, endpoint: str) -> Settings:
    """Settings that wait for hours, for an endpoint at which somebody answers by hand."""
    return load_settings(
        home=home, model=model, endpoint=endpoint, call_timeout=HOURS, attempts=20,
        api_key=os.environ.get("LAKEGLOSS_API_KEY", "none"),
    )  # fmt: skip


# Ours: the requests of a run.


def our_side(gold: Path, chosen: Sequence[GoldTable], settings: Settings) -> Side:
    own = settings.model_copy(update={"home": settings.home / "ours"})
    names = {name_of(item): item for item in chosen}
    earlier = answers_in(own)
    with engine_from(own.asking, run_id=f"ours-{time.time_ns()}") as engine:
        drafter = ModelDrafter(own.drafting, CommentProgram(), engine.ask)
        made = drafter.draft(tasks_for(gold, names), earlier, keep=lambda: None)
    if made.error is not None:
        raise made.error
    texts: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for draft in made.drafts:
        if draft.text and draft.task.key.column:
            column = draft.task.key.column.strip("`")
            texts[names[draft.task.key.table].gold_name][column] = draft.text
    return _side(dict(texts), answers_in(own))


# Theirs: a call for twenty columns, and one more where there are several of them.


def their_side(
    gold: Path, chosen: Sequence[GoldTable], prompt: PeerPrompt, settings: Settings, name: str
) -> Side:
    folder = name.replace(", ", "_")
    own = settings.model_copy(update={"home": settings.home / folder})
    asked = {
        item.gold_name: [
            request_of(messages, own, MAX_TOKENS, TEMPERATURE)
            for messages in table_messages(
                prompt, f"lake.{name_of(item)}", gold / f"{item.gold_name}.csv", item.types
            )
        ]
        for item in chosen
    }
    columns = {item.gold_name: list(item.types) for item in chosen}
    texts: dict[str, dict[str, str]] = {}
    unread = 0
    with engine_from(own.asking, run_id=f"{folder}-{time.time_ns()}") as engine:
        answers = answered([r for parts in asked.values() for r in parts], own, engine)
        for table_name, requests in asked.items():
            found = [read_texts(answers[r.request_hash], columns[table_name]) for r in requests]
            unread += found.count(None)
            texts[table_name] = {c: t for part in found if part for c, t in part.items()}
        summaries = summaries_of(asked, answers, columns, prompt, own)
        answered(list(summaries.values()), own, engine)
    kept = {name: {c: t for c, t in found.items() if c} for name, found in texts.items()}
    return _side(kept, answers_in(own), unread)


def summaries_of(
    asked: Mapping[str, Sequence[ModelRequest]],
    answers: Mapping[str, str],
    columns: Mapping[str, Sequence[str]],
    prompt: PeerPrompt,
    settings: Settings,
) -> dict[str, ModelRequest]:
    """The requests for one description of each table that took several calls."""
    wanted = {}
    for name, requests in asked.items():
        found = [read_texts(answers[r.request_hash], columns[name]) or {} for r in requests]
        about = [part[""] for part in found if part.get("")]
        if len(requests) > 1 and about:
            messages = summary_messages(prompt, about)
            wanted[name] = request_of(messages, settings, SUMMARY_MAX_TOKENS, SUMMARY_TEMPERATURE)
    return wanted


def request_of(
    messages: tuple[Message, ...], settings: Settings, most: int, temperature: float
) -> ModelRequest:
    return ModelRequest(
        model=settings.model, messages=messages, schema="", schema_name="", max_tokens=most,
        temperature=temperature, input_tokens=sum(estimate(m.content) for m in messages),
        assets=(), program="peer", program_version="1",
    )  # fmt: skip


def answered(
    requests: Sequence[ModelRequest], settings: Settings, engine: Engine
) -> dict[str, str]:
    """The answers' texts by the request's hash: those that are kept, and new ones."""
    known = {one.request_hash: one.text for one in answers_in(settings)}
    left = [request for request in requests if request.request_hash not in known]
    outcome = engine.ask(left)
    if outcome.error is not None:
        raise outcome.error
    return known | {one.request_hash: one.text for one in outcome.responses if not one.error}


def read_texts(answer: str, names: Sequence[str]) -> dict[str, str] | None:
    """The texts of an answer by column ('' is the table); None where it cannot be read."""
    try:
        found = texts_in_answer(answer, names)
    except AnswerError:
        return None
    # Single quotes are written twice in their answers, and undone where statements are made.
    return {column: text.replace("''", "'") for column, text in found.items()}


def answers_in(settings: Settings) -> list[Response]:
    kept = (one for _, found in read_journal(settings.journal_folder) for one in found)
    return [one for one in kept if not one.error]


def _side(texts: Texts, answers: Sequence[Response], unread: int = 0) -> Side:
    return Side(
        texts=texts,
        calls=len(answers),
        sent=sum(one.input_tokens for one in answers),
        answered=sum(one.output_tokens for one in answers),
        unread=unread,
    )


# What it comes to.


def report(
    chosen: Sequence[GoldTable], sides: Mapping[str, Side], score: Path, origin: str
) -> None:
    lines = [dict(item.line) for item in chosen]
    texts = {name: side.texts for name, side in sides.items()}
    # In a process of its own numpy takes one thread: more of them spin on a busy machine.
    os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        scores = pool.submit(scores_of, lines, texts, score).result()
    rows = [row_of(name, side, scores[name]) for name, side in sides.items()]
    table(f"{len(lines)} described tables; dbxmetagen's side: {origin}", rows)
    found = []
    for name in (name for name in sides if name != OURS):
        found += differences(name, scores)
        sent, own = sides[name].sent, sides[OURS].sent
        record(BENCH, f"input tokens, {name}", sent, f"tokens, ours {own:,}", "", own <= sent)
    table("Ours less theirs, mean of tables with its 95 % interval", found)


def row_of(name: str, side: Side, scores: Mapping[str, Mapping[str, Any]]) -> dict[str, object]:
    """A side's figures over all columns, and what it cost."""
    size = sum(one["columns"] for one in scores.values())
    means = {m: sum(s[m] * s["columns"] for s in scores.values()) / size for m in MEASURES}
    spoken = [text for by_column in side.texts.values() for text in by_column.values()]
    words = sum(len(text.split()) for text in spoken) / max(len(spoken), 1)
    return {
        "": name, "columns": size, **means, "words": words, "calls": side.calls,
        "tokens in": side.sent, "tokens out": side.answered, "not read": side.unread,
    }  # fmt: skip


def differences(
    name: str, scores: Mapping[str, Mapping[str, Mapping[str, Any]]]
) -> list[dict[str, object]]:
    """Ours less theirs for each measure, paired by table."""
    rows: list[dict[str, object]] = []
    for measure in MEASURES:
        pairs = [(t, s[measure] - scores[name][t][measure]) for t, s in scores[OURS].items()]
        mean = intervals.estimate(pairs)
        low, high = mean.low or 0.0, mean.high or 0.0
        rows.append(
            {"against": name, "measure": measure, "difference": mean.mean, "from": low, "to": high,
             "tables": mean.groups, "shows": str(intervals.conclusion_of(mean))}
        )  # fmt: skip
        record(BENCH, f"{measure}, ours less {name}", round(mean.mean, 4), "0 to 1",
               f"interval {low:.3f} to {high:.3f}", met=low >= 0)  # fmt: skip
    return rows
