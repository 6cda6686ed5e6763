"""Answers that weak models and gateways write in other forms than was asked for."""

import json

import pytest

from lakegloss.programs.answers import parse_answers

TEXTS = {"t1": "The orders.", "c1": 'The customer\'s "own" number.', "c2": "Größe in cm."}
IDS = [*TEXTS, "c3"]
ENTRIES = [{"id": id_, "text": text} for id_, text in TEXTS.items()]
PLAIN = json.dumps({"comments": ENTRIES})
SIMPLE = [{"id": id_, "text": text.replace('"', "")} for id_, text in TEXTS.items()]


def keyed(*, id_: str = "id", text: str = "text", **more: object) -> str:
    return json.dumps({"comments": [{id_: k, text: v} | more for k, v in TEXTS.items()]})


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(repr({"comments": ENTRIES}), id="a literal of Python"),
        pytest.param(f"comments = {TEXTS!r}\n", id="a mapping of Python"),
        pytest.param(repr({"comments": ENTRIES, "ok": True, "note": None}), id="None and True"),
        pytest.param(keyed(text="content"), id="content"),
        pytest.param(keyed(id_="column_id"), id="column_id"),
        pytest.param(keyed(id_="ID", text="Text").replace("comments", "Comments"), id="capitals"),
        pytest.param(keyed(confidence=0.9, description="d"), id="more keys"),
        pytest.param(
            json.dumps({"comments": {k: {"text": v} for k, v in TEXTS.items()}}), id="keyed by id"
        ),
        pytest.param(
            json.dumps({k: {"comment": v, "confidence": 0.9} for k, v in TEXTS.items()}),
            id="keyed by id, with more",
        ),
        pytest.param(json.dumps({k: [v] for k, v in TEXTS.items()}), id="lists of one"),
        pytest.param(json.dumps({"comments": list(TEXTS.items())}), id="pairs"),
        pytest.param(
            json.dumps([{"id": [k], "text": {"value": v}} for k, v in TEXTS.items()]), id="inside"
        ),
        pytest.param(PLAIN.replace("cm", "c\\'m").replace("}, {", "},, {"), id="odd escapes"),
        pytest.param(PLAIN.replace("}, {", "}\n{"), id="no commas"),
        pytest.param(PLAIN.replace('{"id"', '// next\n{"id"'), id="comments of code"),
        pytest.param(keyed(id_="column", text="comment"), id="column and comment"),
        pytest.param(keyed(id_="name", text="description"), id="name and description"),
        pytest.param(json.dumps({"json": f"{PLAIN}\n</invoke>"}), id="a string with a tag"),
        pytest.param(
            json.dumps(
                {
                    "initial_comments": [{"id": "t1", "text": "A draft."}],
                    "critique": "thin",
                    "final_comments": ENTRIES,
                }
            ),
            id="a first version beside the last",
        ),
    ],
)
def test_entries_in_other_forms(answer: str) -> None:
    texts = parse_answers(answer, IDS).texts
    assert {k: v.replace("c'm", "cm") for k, v in texts.items()} == TEXTS


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param("{comments: " + json.dumps(SIMPLE) + "}", id="a bare key"),
        pytest.param(
            "{comments: ["
            + ", ".join(f"{{id: {e['id']!r}, text: {json.dumps(e['text'])}}}" for e in SIMPLE)
            + ",]}",
            id="JSON5",
        ),
        pytest.param(json.dumps(SIMPLE).replace('"', "\u201d"), id="typographic quotes"),
        pytest.param(
            json.dumps(SIMPLE).replace('": "', '"\uff1a"').replace('", "', '"\uff0c"'),
            id="fullwidth punctuation",
        ),
    ],
)
def test_what_is_nearly_json(answer: str) -> None:
    assert parse_answers(answer, IDS).texts == {e["id"]: e["text"] for e in SIMPLE}


@pytest.mark.parametrize(
    "form",
    [
        "column {}",
        "id={}",
        "#{}",
        "`{}`",
        "{}\u200b",
        "<{}>",
        "t1.{}",
        "t1/{}",
        "col: {}",
    ],
)
def test_ids_in_other_writing(form: str) -> None:
    entries = [{"id": form.format(id_), "text": text} for id_, text in TEXTS.items() if id_ != "t1"]
    assert parse_answers(json.dumps(entries), IDS).texts.keys() == {"c1", "c2"}


@pytest.mark.parametrize("id_", ["\uff43\uff11", "c\u2081", "\u04411", "\u0421\uff11"])
def test_ids_in_letters_that_look_alike(id_: str) -> None:
    assert parse_answers(json.dumps([{"id": id_, "text": "a"}]), IDS).texts == {"c1": "a"}


def test_whole_numbers_are_ids_though_they_have_a_point() -> None:
    answer = json.dumps([{"id": 1.0, "text": "a"}, {"id": 2.0, "text": "b"}])
    assert parse_answers(answer, ["c1", "c2"]).texts == {"c1": "a", "c2": "b"}


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param('{"c1": {"c2": "x"}}', id="another id inside"),
        pytest.param('[{"id": "c1", "text": {"c2": "x"}}]', id="another id in the text"),
        pytest.param('[{"id": "column_1", "text": "x"}]', id="a column's name"),
        pytest.param('[["c1", "c2"]]', id="a list of ids"),
        pytest.param('[{"column": "c1", "like": "c2", "text": "x"}]', id="two ids in an entry"),
        pytest.param('{"c1": {"name": "amount", "type": "double"}}', id="an echo of the request"),
        pytest.param("- c1: perhaps an amount\n- c2: hm", id="thoughts in lines"),
    ],
)
def test_what_may_mean_something_else_is_not_read(answer: str) -> None:
    assert parse_answers(answer, IDS).texts.get("c1") is None
