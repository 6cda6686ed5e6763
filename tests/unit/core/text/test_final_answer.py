"""A draft is no answer, in whatever mark or language it stands."""

import json
import time

import pytest

from lakegloss.core.text.final_answer import final_answer, is_cut_in_thoughts
from lakegloss.engine.attempt import Failure, read_success
from lakegloss.engine.spark.ai_query import read_answer
from lakegloss.programs.answers import parse_answers
from lakegloss.programs.json_adapter import object_in
from tests.kits.answering_server import completion
from tests.kits.engine import make_request

DRAFT = '{"comments":[{"id":"c1","text":"perhaps, I am guessing"}]}'
GOOD = '{"comments":[{"id":"c1","text":"The order\'s number."}]}'
REQUEST = make_request(schema='{"type":"object","required":["comments"]}')


def read(text: str, finish: str = "stop") -> dict[str, str]:
    body = json.dumps(completion(text, finish=finish)).encode()
    return parse_answers(read_success(body, REQUEST).text, ["c1"]).texts


MARKS = {
    "MedGemma": ("<unused94>thought\n", "<unused95>"),
    "a prefix": ("<mm:think>", "</mm:think>"),
    "camel case": ("<antThinking>", "</antThinking>"),
    "French": ("<pensée>", "</pensée>"),
    "German": ("<denken>", "</denken>"),
    "Spanish": ("<razonamiento>", "</razonamiento>"),
    "Chinese": ("<思考>", "</思考>"),
    "lenticular": ("【思考】", "【/思考】"),
    "compound": ("<scratchpad_reasoning>", "</scratchpad_reasoning>"),
    "draft": ("<draft>", "</draft>"),
    "of no separators": ("<|startofthink|>", "<|endofthink|>"),
    "fullwidth": ("\uff1cthink\uff1e", "\uff1c/think\uff1e"),
    "escaped": ("\\<think\\>", "\\</think\\>"),
    "unseen letters": ("<\u200bthink>", "</\u200bthink>"),
    "a comment": ("<!-- thinking: ", "-->"),
    "chat markup": ("<|im_start|>think\n", "<|im_start|>answer\n"),
}
marks = pytest.mark.parametrize(("first", "last"), MARKS.values(), ids=MARKS)


@marks
@pytest.mark.parametrize("finish", ["length", "stop"])
def test_a_draft_in_any_mark_that_was_cut_is_not_read(first: str, last: str, finish: str) -> None:
    text = f"{first}First try: {DRAFT} too vague, better"
    assert read(text, finish) == {}
    assert object_in(text, {"comments": None}) is None
    row = read_answer(text, None, REQUEST, latency=0.1)
    assert parse_answers(row.text, ["c1"]).texts == {}


@marks
@pytest.mark.parametrize("answer", [GOOD, f"```json\n{GOOD}\n```", f"So:\n{GOOD}\n"])
def test_a_draft_in_any_mark_and_then_an_answer(first: str, last: str, answer: str) -> None:
    text = f"{first}First try: {DRAFT} too vague. {last}\n{answer}"
    assert read(text) == read(GOOD)
    assert object_in(text, {"comments": None}) == json.loads(GOOD)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"Okay, so I describe it. First try: {DRAFT} Hmm, too vague. Let", id="prose"),
        pytest.param(f"I look.\n```json\n{DRAFT}\n```\nWait, it may be net.", id="a fence"),
        pytest.param(f"Thought: {DRAFT} no, better", id="a label"),
        pytest.param(f"## Reasoning\nI try {DRAFT}\nno, better", id="a heading"),
        pytest.param(f"> **Thinking**\n> try {DRAFT}\n> no", id="quoted"),
        pytest.param(f"Ich versuche {DRAFT} nein, besser", id="another language"),
        pytest.param(f"Let me see. {DRAFT[:-1]}, {{", id="in the middle of a draft"),
    ],
)
def test_unmarked_thoughts_that_were_cut_are_no_answer(text: str) -> None:
    assert is_cut_in_thoughts(text)
    attempt = read_success(json.dumps(completion(text, finish="length")).encode(), REQUEST)
    assert (attempt.failure, attempt.text) == (Failure.EMPTY, "")
    assert not attempt.retryable


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(GOOD[:-2], id="JSON alone"),
        pytest.param(f"```json\n{GOOD[:-2]}", id="a fence"),
        pytest.param(f"Here are the comments:\n{GOOD[:-2]}, ", id="announced"),
        pytest.param(f"Here are the comments:\n{GOOD}\n\nNotes: the number", id="notes after it"),
        pytest.param(f"{GOOD}\n\nNotes: the number", id="notes only"),
        pytest.param(f"Voici :\n{GOOD[:-2]}, ", id="announced in French"),
    ],
)
def test_an_answer_that_was_cut_keeps_its_entries(text: str) -> None:
    assert not is_cut_in_thoughts(text)
    assert read(text, "length") == read(GOOD)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"Thought: {DRAFT} no.\nFinal Answer: {GOOD}", id="labels"),
        pytest.param(f"**Thinking:**\n{DRAFT}\n\n**Answer:**\n{GOOD}", id="bold"),
        pytest.param(f"### Reasoning\n{DRAFT}\n\n### Answer\n{GOOD}", id="headings"),
        pytest.param(f"Erst {DRAFT}\n\nAntwort:\n{GOOD}", id="German"),
        pytest.param(f"try {DRAFT} no\n<answer>{GOOD}</answer>", id="a tag for the answer"),
        pytest.param(f"try {DRAFT} no</pensée>{GOOD}", id="begun in the prompt"),
        pytest.param(f"<think>the <think> {DRAFT}</think>\nHere it is:\n{GOOD}", id="mentioned"),
        pytest.param(json.dumps({"draft": json.loads(DRAFT), "final": json.loads(GOOD)}), id="key"),
        pytest.param(json.dumps({"reasoning": json.loads(DRAFT), **json.loads(GOOD)}), id="before"),
    ],
)
def test_the_answer_is_what_comes_last(text: str) -> None:
    assert read(text) == read(GOOD)


def test_a_draft_under_a_key_of_thoughts_is_not_read() -> None:
    assert read(json.dumps({"thinking": json.loads(DRAFT)})) == {}
    assert read(f'{{"reasoning": {DRAFT}, "comments": [{{"id": "c1", "te', "length") == {}
    assert read(f'{{"<think>": {DRAFT}', "length") == {}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"<comments>{GOOD}</comments>", id="a wrapper"),
        pytest.param(f"<respuesta>{GOOD}</respuesta>", id="a wrapper in Spanish"),
        pytest.param(f"<tool_call>\n{GOOD}", id="a wrapper without its end"),
        pytest.param(f"<p>Here:<br>{GOOD} Done.", id="markup"),
        pytest.param(f"Reasoning: it is a number.\n{GOOD}", id="reasons before it"),
        pytest.param(GOOD.replace("number", "</pensée> <draft> Answer: number"), id="in a string"),
    ],
)
def test_what_stands_around_one_value_costs_no_answer(text: str) -> None:
    assert parse_answers(text, ["c1"]).texts
    assert final_answer(final_answer(text)) == final_answer(text)


@pytest.mark.parametrize("part", ["<a1>", "<a1></b1>", "<a1>{{</a1>", "Answer: ", "</x>{{", "<!--"])
def test_long_texts_take_bounded_time(part: str) -> None:
    start = time.process_time()
    final_answer("{{" + part * (200_000 // len(part)) + "{{")
    assert time.process_time() - start < 5


TURN_ENDS = {
    "ChatML": "<|im_end|>\n<|im_start|>user\nAnd the others?<|im_end|>\n<|im_start|>assistant\n",
    "Llama": "<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n",
    "Llama, marks left out": "assistant\n\n",
    "end of text": "<|endoftext|>Human: more\n\nAssistant: ",
    "Mistral": "</s>\n[INST] more [/INST] ",
    "Gemma": "<end_of_turn>\n<start_of_turn>user\n",
    "Phi": "<|end|><|user|>\nmore<|end|><|assistant|>",
    "GLM": "<|observation|>\n",
    "Command": "<|END_OF_TURN_TOKEN|><|START_OF_TURN_TOKEN|>",
    "DeepSeek": "<\uff5cend\u2581of\u2581sentence\uff5c><\uff5cUser\uff5c>",
    "a dialogue": "\n\nHuman: the next table\n\nAssistant: ",
}


@pytest.mark.parametrize("end", TURN_ENDS.values(), ids=TURN_ENDS)
def test_what_comes_after_the_end_of_the_turn_is_no_answer(end: str) -> None:
    texts = {"c1": "The order's number."}
    assert read(GOOD + end + DRAFT) == texts
    assert read(f"```json\n{GOOD}\n```" + end + DRAFT) == texts
    assert read(GOOD + end) == texts
    assert object_in(GOOD + end + DRAFT, {"comments": str}) == json.loads(GOOD)


@pytest.mark.parametrize("mark", ["<|im_end|>", "</s>", "<eos>", "user:\n"])
def test_a_mark_of_a_turn_in_a_text_ends_nothing(mark: str) -> None:
    text = GOOD.replace("number.", f"number {mark.strip()} told.")
    assert read(text) == {"c1": f"The order's number {mark.strip()} told."}
    assert read(f"<|im_start|>assistant\n{GOOD}") == {"c1": "The order's number."}


def test_a_request_that_is_repeated_before_the_answer_is_no_answer() -> None:
    request = json.dumps({"style": "one line", "tables": ["t1 orders", "c1 id int"]})
    for end in TURN_ENDS.values():
        assert read(request + end + GOOD) == {"c1": "The order's number."}


def test_thoughts_of_apertus_are_none() -> None:
    assert read(f"<|inner_prefix|>{DRAFT}<|inner_suffix|>{GOOD}") == {"c1": "The order's number."}
    assert read(f"<|inner_prefix|>{DRAFT}", "length") == {}
