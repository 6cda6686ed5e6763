"""Thoughts are no answer, however they are marked."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakegloss.core.text.thoughts import without_thoughts
from lakegloss.programs.answers import parse_answers
from lakegloss.programs.json_adapter import object_in

DRAFT = '{"comments":[{"id":"c1","text":"perhaps, I am guessing"}]}'
GOOD = '{"comments":[{"id":"c1","text":"The order\'s number."}]}'
MENTION = json.dumps(
    {"comments": [{"id": "c1", "text": "From <think> to </think>, [THINK] and <|channel|>final."}]}
)

PAIRS = {
    "think": ("<think>", "</think>"),
    "upper case": ("<THINK>", "</THINK>"),
    "thinking": ("<thinking>", "</thinking>"),
    "thought": ("<thought>", "</thought>"),
    "reasoning": ("<reasoning>", "</reasoning>"),
    "reflection": ("<reflection>", "</reflection>"),
    "scratchpad": ("<scratchpad>", "</scratchpad>"),
    "with attributes": ('<think time="3">', "</think >"),
    "seed": ("<seed:think>", "</seed:think>"),
    "antml": ("<thinking>", "</thinking>"),
    "magistral": ("[THINK]", "[/THINK]"),
    "kimi": ("\u25c1think\u25b7", "\u25c1/think\u25b7"),
    "cohere": ("<|START_THINKING|>", "<|END_THINKING|>"),
    "sky": ("<|begin_of_thought|>", "<|end_of_thought|>"),
    "fullwidth": ("<\uff5cthink\uff5c>", "<\uff5c/think\uff5c>"),
    "gemma": ("<|channel>thought\n", "<channel|>"),
    "open webui": ('<details type="reasoning" done="true">', "</details>"),
    "escaped": ("&lt;think&gt;", "&lt;/think&gt;"),
    "fence": ("```thinking\n", "\n```\n"),
    "ollama": ("Thinking...\n", "\n...done thinking.\n"),
    "granite": ("Here is my thought process: ", "Here is my response:"),
    "apriel": ("Here are my reasoning steps:\n", "[BEGIN FINAL RESPONSE]\n"),
    "harmony": (
        "<|channel|>analysis<|message|>",
        "<|end|><|start|>assistant<|channel|>final<|message|>",
    ),
    "harmony, constrained": (
        "<|start|>assistant<|channel|>analysis<|message|>",
        "<|end|><|start|>assistant<|channel|>final <|constrain|>json<|message|>",
    ),
    "harmony without its tokens": ("analysisWe need ", "assistantfinal"),
}
pairs = pytest.mark.parametrize(("first", "last"), PAIRS.values(), ids=PAIRS)


def read(text: str) -> dict[str, str]:
    return parse_answers(text, ["c1"]).texts


@pairs
def test_a_draft_in_thoughts_that_were_cut_off_is_not_read(first: str, last: str) -> None:
    for text in (f"{first}First try: {DRAFT} too vague, better", f"{first}a {DRAFT[:-9]}"):
        assert without_thoughts(text) == ""
        assert read(text) == {}
        assert object_in(text, {"comments": None}) is None


@pairs
@pytest.mark.parametrize("answer", [GOOD, f"```json\n{GOOD}\n```", f"So:\n{GOOD}\n", MENTION])
def test_a_draft_and_then_an_answer_give_the_answer(first: str, last: str, answer: str) -> None:
    text = f"{first}First try: {DRAFT} too vague. {last}{answer}"
    assert read(text) == read(answer) != {}
    assert object_in(text, {"comments": None}) == object_in(answer, {"comments": None})


@pairs
def test_a_mark_whose_beginning_the_prompt_held(first: str, last: str) -> None:
    if not last.strip("`\n "):
        pytest.skip("a fence's end alone says nothing")
    prose = {"Here is my response:", "assistantfinal"}
    assert last.strip() in prose or read(f"I try {DRAFT}, no. {last}{GOOD}") == read(GOOD)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        pytest.param(f"<think>a <think>b</think> {DRAFT}</think>{GOOD}", GOOD, id="nested"),
        pytest.param(f"<think>a <think>b</think> {DRAFT} and", "", id="nested and cut"),
        pytest.param(f"<think>no <think> tags!</think>{GOOD}", GOOD, id="a mark in thoughts"),
        pytest.param(f"<think>a</think><think>b {DRAFT}</think>{GOOD}", GOOD, id="two"),
        pytest.param(f"{GOOD}<think>was {DRAFT} better?", GOOD, id="after the answer"),
        pytest.param(f"<think>{MENTION}</think>{GOOD}", GOOD, id="a string in thoughts"),
        pytest.param(f"<thinking>{DRAFT}</think>{GOOD}", GOOD, id="of two names"),
        pytest.param(f"<think></think>{GOOD}", GOOD, id="none"),
        pytest.param(f"<think/>{GOOD}", f"<think/>{GOOD}", id="closed in itself"),
        pytest.param(f"<|channel|>analysis<|message|>{DRAFT}", "", id="one channel"),
        pytest.param(f"<|channel|>commentary<|message|>{DRAFT}<|end|>", "", id="commentary"),
        pytest.param(f"analysis{DRAFT} no", "", id="a channel's name without its tokens"),
        pytest.param(f"ANALYSIS {GOOD}\nEnd", f"ANALYSIS {GOOD}\nEnd", id="a heading"),
        pytest.param(f"Analysis\n{GOOD}\nEnd", f"Analysis\n{GOOD}\nEnd", id="a heading of words"),
        pytest.param(f"thought\n{GOOD}", GOOD, id="a channel's name is left over"),
        pytest.param(f"thought\nFirst {DRAFT}, no", "", id="a channel's name and thoughts"),
        pytest.param(MENTION, MENTION, id="in a string"),
        pytest.param(MENTION[:-22], MENTION[:-22], id="in a string that was cut"),
        pytest.param(json.dumps(MENTION), json.dumps(MENTION), id="in a string twice"),
        pytest.param(GOOD, GOOD, id="nothing"),
        pytest.param("", "", id="empty"),
    ],
)
def test_what_is_left(text: str, left: str) -> None:
    assert without_thoughts(text) == left
    assert without_thoughts(left) == left


@given(
    st.lists(
        st.sampled_from(
            [*(m for p in PAIRS.values() for m in p), DRAFT, MENTION, '"', "{", "\\", " a "]
        ),
        max_size=12,
    ).map("".join)
)
def test_no_text_raises_or_grows(text: str) -> None:
    once = without_thoughts(text)
    assert len(without_thoughts(once)) <= len(once) <= len(text)


@pytest.mark.parametrize(
    "part",
    ["<think>", "</think>", '{"a":"', "<|channel|>", '\\"', "[THINK]\n", '{"<think>":"'],
)
def test_long_texts_take_bounded_time(part: str) -> None:
    start = time.process_time()
    without_thoughts(part * (200_000 // len(part)))
    assert time.process_time() - start < 5
