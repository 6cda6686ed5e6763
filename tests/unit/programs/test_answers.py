"""Reading answers: keyed by id, whole entries only, whatever the text is."""

import html
import json
import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakegloss.programs.answers import parse_answers
from tests.kits.model_faults import ENTRY_FAULTS, FORM_FAULTS, written

IDS = ["t1", "c1", "c2", "c3"]
ENTRIES = [{"id": "t1", "text": "Flights."}, {"id": "c1", "text": 'Say "hi", {x}\n'}]
TEXTS = {"t1": "Flights.", "c1": 'Say "hi", {x}'}
PLAIN = json.dumps({"comments": ENTRIES})


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(PLAIN, id="as asked"),
        pytest.param(json.dumps(ENTRIES), id="bare list"),
        pytest.param(json.dumps(TEXTS), id="mapping"),
        pytest.param(json.dumps({"comments": TEXTS}), id="mapping inside"),
        pytest.param(f"```json\n{PLAIN}\n```", id="fenced"),
        pytest.param(f"Here you are [1]:\n{PLAIN}\nAnything {{else}}?", id="prose around"),
        pytest.param(json.dumps({"comments": ENTRIES}, indent=2), id="indented"),
        pytest.param(PLAIN.replace("}]}", "},]}"), id="trailing comma"),
        pytest.param(PLAIN.replace('"}, {', '",}, {'), id="comma in entry"),
        pytest.param(PLAIN.replace("\\n", "\n"), id="raw newline"),
        pytest.param(
            json.dumps({"comments": [{"text": e["text"], "id": e["id"]} for e in ENTRIES]}),
            id="text first",
        ),
        pytest.param(
            json.dumps([{"id": e["id"], "comment": e["text"]} for e in ENTRIES]), id="other key"
        ),
        pytest.param(json.dumps({"note": "x", "comments": ENTRIES}), id="more keys"),
        pytest.param("\ufeff" + PLAIN, id="byte order mark"),
        pytest.param(f'The form is {{"c1": "...", "t1": "…"}}:\n{PLAIN}', id="an example first"),
        pytest.param(f"{PLAIN}\nAgain: {PLAIN}", id="the same twice"),
        pytest.param(
            f"{json.dumps({'comments': ENTRIES[:1]})}\n{json.dumps({'comments': ENTRIES[1:]})}",
            id="in two values",
        ),
    ],
)
def test_forms_that_can_be_read(text: str) -> None:
    parsed = parse_answers(text, IDS)
    assert parsed.texts == TEXTS
    assert parsed.error == ""
    assert not parsed.truncated


# Without its last bracket alone, nothing is lost.
@pytest.mark.parametrize("cut", range(1, len(PLAIN) - 1))
def test_an_answer_cut_anywhere_gives_whole_entries_only(cut: int) -> None:
    parsed = parse_answers(PLAIN[:cut], IDS)
    assert all(TEXTS[id_] == text for id_, text in parsed.texts.items())
    assert parsed.truncated
    assert bool(parsed.error) != bool(parsed.texts)


@pytest.mark.parametrize("cut", range(1, len(json.dumps(TEXTS))))
def test_a_mapping_cut_anywhere_gives_whole_entries_only(cut: int) -> None:
    parsed = parse_answers(json.dumps(TEXTS)[:cut], IDS)
    assert all(TEXTS[id_] == text for id_, text in parsed.texts.items())


@pytest.mark.parametrize(
    ("text", "texts", "duplicates", "unknown"),
    [
        pytest.param(
            '[{"id":"c1","text":"a"},{"id":"c1","text":"b"},{"id":"c2","text":"x"}]',
            {"c2": "x"},
            ("c1",),
            (),
            id="two texts for an id",
        ),
        pytest.param(
            '[{"id":"c1","text":"a"},{"id":"c1","text":"a"}]',
            {"c1": "a"},
            (),
            (),
            id="the same twice",
        ),
        pytest.param(
            '{"c1":"a"} or rather {"c1":"b","c2":"x"}', {"c2": "x"}, ("c1",), (), id="two answers"
        ),
        pytest.param('{"c1":"a","c1":"b","c2":"x"}', {"c2": "x"}, ("c1",), (), id="key twice"),
        pytest.param(
            '[{"id":"c9","text":"a"},{"id":"c1","text":"b"}]',
            {"c1": "b"},
            (),
            ("c9",),
            id="unknown",
        ),
        pytest.param(
            '[{"id":"c1","text":"a","text":"b"},{"id":"c2","text":"x"}]',
            {"c2": "x"},
            (),
            (),
            id="text twice in an entry",
        ),
        pytest.param(
            '[{"id":"c1","text":7},{"id":2,"text":"b"},{"id":"c2","text":null},["c3","x"],'
            '{"id":"c3","text":"y"}]',
            {"c3": "y"},
            (),
            (),
            id="wrong types",
        ),
        pytest.param(
            '[{"id":"c1","text":"  "},{"id":"c2","text":" x "}]', {"c2": "x"}, (), (), id="blank"
        ),
        pytest.param(
            '{"comments":[{"id":"c1","text":"the "real" one"},{"id":"c2","text":"x"}]}',
            {"c2": "x"},
            (),
            (),
            id="bare quotes cost their entry only",
        ),
        pytest.param(
            '{"c1": "see "c2": "foo", "c2": "real"}',
            {"c2": "real"},
            (),
            (),
            id="bare quotes in a mapping",
        ),
    ],
)
def test_doubtful_entries(
    text: str, texts: dict[str, str], duplicates: tuple[str, ...], unknown: tuple[str, ...]
) -> None:
    parsed = parse_answers(text, IDS)
    assert parsed.texts == texts
    assert parsed.duplicates == duplicates
    assert parsed.unknown == unknown


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("I cannot help with that.", id="refusal"),
        pytest.param("null", id="null"),
        pytest.param('"c1"', id="string"),
        pytest.param("[]", id="empty list"),
    ],
)
def test_nothing_to_read(text: str) -> None:
    parsed = parse_answers(text, IDS)
    assert parsed.texts == {}
    assert parsed.error


def test_without_ids_everything_that_looks_like_one_is_read() -> None:
    parsed = parse_answers('{"c1": "a", "t2": "b", "x": "y"}', None)
    assert parsed.texts == {"c1": "a", "t2": "b"}
    assert parsed.unknown == ("x",)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("[" * 2_000_000, id="deep lists"),
        pytest.param('{"a":' * 400_000, id="deep objects"),
        pytest.param('{"id":"' * 150_000, id="open entries"),
        pytest.param(',"' * 500_000, id="open pairs"),
        pytest.param('{"c1":"' + "\\" * 1_000_000, id="backslashes"),
        pytest.param("{" + " " * 1_000_000, id="spaces"),
        pytest.param("{ " * 500_000, id="braces and spaces"),
        pytest.param('{"comments":[' + '{"id":"c1","text":"a"},' * 45_000, id="long and cut"),
    ],
)
def test_huge_answers_take_bounded_time(text: str) -> None:
    start = time.process_time()
    parse_answers(text, IDS)
    assert time.process_time() - start < 5


@given(st.text())
def test_never_raises(text: str) -> None:
    parse_answers(text, IDS)


PIECES = st.sampled_from(
    ['{"id":"c1","text":"one"}', '{"id":"c2","text":"two"}', '{"c3":"three"}', "{", "}", "[", "]",
     ",", ":", '"', "\\", '"id"', '"text"', '"c1"', '"c2"', "comments", "```", "\n", "x"],
)  # fmt: skip
OWN = {"c1": "one", "c2": "two", "c3": "three"}


@given(st.lists(PIECES, max_size=30))
def test_whole_entries_keep_their_text_in_any_rubble(pieces: list[str]) -> None:
    """A text of one id never comes out under another."""
    parsed = parse_answers("".join(pieces), list(OWN))
    for id_, text in parsed.texts.items():
        assert text == OWN[id_] or text not in OWN.values()


@given(st.dictionaries(st.sampled_from(IDS), st.text(min_size=1)), st.randoms())
def test_round_trip(texts: dict[str, str], random: object) -> None:
    answer = json.dumps({"comments": [{"id": i, "text": t} for i, t in texts.items()]})
    expected = {i: t.strip() for i, t in texts.items() if t.strip()}
    assert parse_answers(answer, IDS).texts == expected


# These give texts under ids that were asked for: no reader of ids can see that (core.misplaced).
MOVED = {"shifted", "skipped", "swapped"}
ASKED = {f"c{n}": f'Text "{n}" of its own {{n}}.' for n in range(1, 30)}


@given(
    st.dictionaries(st.sampled_from(sorted(ASKED)), st.none(), min_size=1),
    st.lists(st.sampled_from(sorted(ENTRY_FAULTS.keys() - MOVED)), max_size=1),
    st.sampled_from(["", *FORM_FAULTS]),
    st.integers(),
)
def test_no_fault_moves_a_text_to_another_id(
    ids: dict[str, None], entry_faults: list[str], form: str, seed: int
) -> None:
    rng = random.Random(seed)
    entries = [{"id": id_, "text": ASKED[id_]} for id_ in ids]
    asked = list(ids)
    for fault in [] if form else entry_faults:
        entries = ENTRY_FAULTS[fault](entries, rng)
    answer = FORM_FAULTS[form](entries, rng) if form else written(entries)
    for id_, text in parse_answers(answer, asked).texts.items():
        own = ASKED[id_]
        assert own in text or own.startswith(text) or text == "..."


@given(st.randoms(use_true_random=False), st.lists(st.sampled_from(sorted(ASKED)), max_size=20))
def test_neither_order_nor_repetition_changes_whose_a_text_is(
    rng: random.Random, repeated: list[str]
) -> None:
    entries = [{"id": id_, "text": ASKED[id_]} for id_ in (*ASKED, *repeated)]
    rng.shuffle(entries)
    assert parse_answers(written(entries), list(ASKED)).texts == ASKED


@given(st.binary(max_size=400))
def test_no_bytes_raise(body: bytes) -> None:
    for encoding in ("utf-8", "latin-1", "utf-16"):
        text = body.decode(encoding, "replace")
        assert parse_answers(text, IDS).texts.keys() <= set(IDS)


ALL_IDS = ["t1", "c1", "c2", "c3"]


def numbered(*ids: object) -> str:
    return json.dumps({"comments": [{"id": i, "text": f"text of {n}"} for n, i in enumerate(ids)]})


@pytest.mark.parametrize(
    ("ids", "asked", "read"),
    [
        (["T1", "C1", "C2", "C3"], ALL_IDS, ALL_IDS),
        (["t-1", "c_1", "[c2]", "c03"], ALL_IDS, ALL_IDS),
        (["t1 orders", "c1: amount", "c2", "id c3"], ALL_IDS, ALL_IDS),
        (["1", "1", "2", "3"], ALL_IDS, ALL_IDS),
        ([1, 1, 2, 3], ALL_IDS, ALL_IDS),
        (["t1", 1, 2, 3], ALL_IDS, ALL_IDS),
        ([1, 2, 3, 4], ALL_IDS, ALL_IDS),
        ([1, 2, 3], ["c1", "c2", "c3"], ["c1", "c2", "c3"]),
        (["2", "1"], ["c1", "c2", "c3"], ["c2", "c1"]),
        # What may be counted through, or be a column's number, is nobody's.
        ([1, 2, 3], ALL_IDS, []),
        ([2, 3], ALL_IDS, []),
        (["t1", "c1", 2], ALL_IDS, ["t1", "c1"]),
        ([0, 1, 2], ["c1", "c2", "c3"], []),
    ],
)
def test_ids_in_other_writing(ids: list[object], asked: list[str], read: list[str]) -> None:
    parsed = parse_answers(numbered(*ids), asked)
    assert parsed.texts == {id_: f"text of {n}" for n, id_ in enumerate(read)}


def test_a_mapping_of_ids_in_other_writing() -> None:
    assert parse_answers('{"C1": "a", "C2": "b"}', ["c1", "c2"]).texts == {"c1": "a", "c2": "b"}
    assert parse_answers('{"1": "a", "2": "b"}', ["c1", "c2"]).texts == {"c1": "a", "c2": "b"}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(json.dumps(PLAIN), id="encoded twice"),
        pytest.param(json.dumps(PLAIN)[1:-1], id="encoded twice, without the outer quotes"),
        pytest.param(html.escape(PLAIN), id="escaped as HTML"),
        pytest.param(html.escape(PLAIN).replace("&quot;", "&#34;"), id="escaped as HTML by number"),
        pytest.param(json.dumps(json.dumps(PLAIN)), id="encoded three times"),
        pytest.param(json.dumps({"comments": json.dumps(ENTRIES)}), id="the list is a string"),
        pytest.param(json.dumps({"name": "answer", "arguments": PLAIN}), id="arguments"),
        pytest.param(json.dumps({"answer": json.loads(PLAIN)}), id="wrapped"),
        pytest.param(json.dumps([[*ENTRIES]]), id="a list in a list"),
        pytest.param(json.dumps([{e["id"]: e["text"]} for e in ENTRIES]), id="a list of mappings"),
    ],
)
def test_other_wrappings_are_read(text: str) -> None:
    assert parse_answers(text, IDS).texts == TEXTS
