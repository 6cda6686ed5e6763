"""The bench's reconstruction of dbxmetagen's messages has their shape and their size."""

import csv
from pathlib import Path

import pytest

from benchmarks import dbxmetagen
from benchmarks.peers.dbxmetagen_answers import read_texts
from benchmarks.peers.dbxmetagen_prompt import (
    COLUMNS_A_CALL,
    LENGTHS,
    REBUILT,
    prompt_at_hand,
    summary_messages,
    table_messages,
)
from lakegloss.compat.dbxmetagen import DSPyPromptExtractor
from lakegloss.compat.dbxmetagen.generators.chat_messages import content_of

PUBLISHED = 2_433
"""Tokens (characters / 4) of a call of dbxmetagen before the columns."""
SUMMARY = 2_050


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    """A file of 45 columns and nine rows, with quotes and braces in its values."""
    path = tmp_path / "rows.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([f"c{number}" for number in range(45)])
        writer.writerows(
            [f'it\'s {{{row}}} "{number}"' for number in range(45)] for row in range(9)
        )
    return path


def test_a_call_shows_twenty_columns_and_five_rows(rows: Path) -> None:
    names = [f"c{number}" for number in range(45)]
    calls = table_messages(
        prompt_at_hand("standard"), "lake.s.t", rows, dict.fromkeys(names, "string")
    )
    assert [m.role for m in calls[0]] == ["system", *("user", "assistant") * 2, "user"]
    contents = [content_of([{"role": "user", "content": call[-1].content}]) for call in calls]
    assert [name for one in contents for name in one.data["columns"]] == names
    assert max(len(one.data["columns"]) for one in contents) == COLUMNS_A_CALL
    assert {len(one.data["data"]) for one in contents} == {5}
    assert contents[2].metadata["c44"]["num_nulls"] == "0"
    assert contents[2].metadata["c44"]["distinct_count"] == "9"
    assert all(row[4] == row[4].replace("c", "") for row in contents[0].data["data"])


def test_it_is_no_longer_than_theirs() -> None:
    prompt = prompt_at_hand("standard")
    assert prompt.origin == REBUILT
    fixed = sum(len(message.content) for message in prompt.messages) / 4
    assert 0.75 * PUBLISHED < fixed <= PUBLISHED, "the comparison is not to their disadvantage"
    summary = sum(len(message.content) for message in summary_messages(prompt, ["One."])) / 4
    assert summary <= SUMMARY


@pytest.mark.parametrize("style", LENGTHS)
def test_its_examples_keep_its_own_rules(style: str) -> None:
    """Those who come from dbxmetagen give such messages to the extractor: they are read."""
    messages = [{"role": m.role, "content": m.content} for m in prompt_at_hand(style).messages]
    extractor = DSPyPromptExtractor(messages)
    examples = extractor.get_comment_examples()
    assert len(examples) == 2
    for example in examples:
        names = list(example["input"]["column_metadata"])
        texts = read_texts(example["output"], names)
        assert texts is not None
        assert list(texts) == ["", *names]
        assert all(text.count(".") >= 2 for text in texts.values())
    assert LENGTHS[style] in extractor.extract_comment_prompt_instructions()


def test_an_answer_that_is_none_gives_no_texts() -> None:
    assert read_texts("I cannot do that.", ["a"]) is None
    assert read_texts('{"table": "T", "columns": ["a"], "column_contents": []}', ["a"]) is None
    told = '{"table": "The shop\'\'s.", "columns": ["a", "z"], "column_contents": ["A.", "Z."]}'
    assert read_texts(told, ["a"]) == {"": "The shop's.", "a": "A."}


def test_without_a_model_the_arithmetic_is_all(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dbxmetagen, "arithmetic", lambda: None)  # another test compares it
    monkeypatch.setattr("sys.argv", ["dbxmetagen"])
    assert dbxmetagen.main() == 0
    assert "left out, no model is named" in capsys.readouterr().out
    monkeypatch.setattr("sys.argv", ["dbxmetagen", "--endpoint", "http://x", "--gold", "none"])
    assert dbxmetagen.main() == 2
    assert "holds no gold.jsonl" in capsys.readouterr().out
