"""dbxmetagen's messages and prompts: read as they are, bounded, and never run."""

import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from lakegloss.compat.dbxmetagen import (
    CommentGenerator,
    CommentResponse,
    DSPyCommentGeneratorModel,
    DSPyCommentModule,
    DSPyMigrationHelper,
    DSPyPromptExtractor,
    MetadataGeneratorFactory,
    initialize_dspy_from_existing_prompts,
)
from lakegloss.compat.dbxmetagen.generators.chat_messages import (
    DEEPEST,
    LONGEST,
    content_of,
    literal,
)
from lakegloss.compat.dbxmetagen.generators.content_cards import (
    card_of_content,
    names_in_content,
    reduced_data,
)
from lakegloss.compat.dbxmetagen.generators.dspy_generator import checked_texts
from lakegloss.compat.dbxmetagen.generators.generator_answers import texts_in_answer
from lakegloss.compat.dbxmetagen.generators.prompt_states import load_prompts, save_prompts
from lakegloss.errors import AnswerError, InputError, SettingsError
from lakegloss.settings import load_settings
from tests.kits.dbxmetagen_names import COLUMNS, config, example, messages
from tests.kits.injection_corpus import CORPUS


def test_python_literals_and_json_are_read() -> None:
    content = {"table_name": "a.b.c", "column_contents": {"columns": ["x"], "data": [[None]]}}
    for text in (str(content), json.dumps(content)):
        message = f"Content is here - {text} and abbreviations are here - {{'X': 'ex'}}"
        found = content_of([{"role": "user", "content": message}])
        assert (found.table, names_in_content(found)) == ("a.b.c", ["x"])
        assert found.abbreviations == {"X": "ex"}


def test_the_delimiter_may_stand_in_a_value_and_the_context_behind() -> None:
    made = example()
    data = made["table_data"] | {"data": [["} and abbreviations are here - {'a': 'b'}", "'", '"']]}
    content = {"table_name": "a.b.c", "column_contents": data}
    asked = messages(content, behind="\n\nCustomer-provided context: Amounts are in cents.")
    found = content_of(asked)
    assert found.data["data"] == data["data"]
    assert found.abbreviations == {"GMV": "gross merchandise value"}
    assert "Amounts are in cents." in card_of_content(found).guidance


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('touch x')",
        "{'table_name': open('x')}",
        "{'a': " + "[" * (DEEPEST + 1) + "]" * (DEEPEST + 1) + "}",
        "{'a': '" + "x" * LONGEST + "'}",
        "{'table_name': 'a.b', 'column_contents': {'columns': 3}}",
        "{'table_name': ''}",
        "{'table_name': 'a.b'",
        "no braces",
    ],
)
def test_nothing_is_run_and_what_is_too_large_or_deep_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        content_of([{"role": "user", "content": f"Content is here - {text} and abbreviations"}])


def test_acronyms_of_theirs_that_are_no_json_cost_nothing() -> None:
    found = content_of("Content is here - {'table_name': 'a.b'} and abbreviations are here - {x,}")
    assert found.abbreviations == {}


def test_values_leave_as_the_policy_says() -> None:
    content = content_of(example())
    assert "John Smith" in json.dumps(reduced_data(content, "raw"))
    assert "John Smith" not in json.dumps(reduced_data(content, "masked"))
    assert "20.5" in json.dumps(reduced_data(content, "masked"))
    assert "20.5" not in json.dumps(reduced_data(content, "shapes"))
    assert reduced_data(content, "none") == {"columns": COLUMNS}


@pytest.mark.parametrize("hostile", CORPUS, ids=lambda h: h.id)
def test_hostile_content_is_data(hostile: Any) -> None:
    text = hostile.text[:3_000]
    content = {
        "table_name": "a.b.c",
        "column_contents": {"columns": ["x", text], "data": [[text, text]]},
    }
    found = content_of(messages(content))
    assert found.data["data"] == [[text, text]]
    with CommentGenerator(config(model="")) as generator:
        try:
            response = generator.predict_chat_response(messages(content))
        except InputError:
            return  # a name that is none
    assert text not in response.column_contents


@pytest.mark.parametrize("hostile", [h for h in CORPUS if h.refused], ids=lambda h: h.id)
def test_hostile_answers_pass_no_check(hostile: Any) -> None:
    texts = dict.fromkeys(["", *COLUMNS], hostile.text)
    passed, failed = checked_texts(content_of(example()), texts, load_settings(environ={}).drafting)
    assert passed == {}
    assert set(failed) == {"", *COLUMNS}


def test_answers_are_read_and_others_refused() -> None:
    good = json.loads(example()["expected_response"])
    fenced = f"Sure:\n```json\n{json.dumps(good)}\n```"
    assert texts_in_answer(fenced, COLUMNS)["order_id"] == good["column_contents"][0]
    inline = good | {"column_contents": str(good["column_contents"])}
    assert texts_in_answer(inline, COLUMNS) == texts_in_answer(good, COLUMNS)
    short = good | {"column_contents": ["one"]}
    for wrong in ("no", "{}", short, good | {"extra": 1}, "{'table': __import__('os')}"):
        with pytest.raises(AnswerError):
            texts_in_answer(wrong, COLUMNS)
    other = good | {"columns": ["order_id", "other", "gmv_eur"]}
    assert set(texts_in_answer(other, COLUMNS)) == {"", "order_id", "gmv_eur"}


def prompt() -> list[dict[str, str]]:
    made = example()
    return [
        {"role": "system", "content": "Describe tables, briefly."},
        messages()[1],
        {"role": "assistant", "content": made["expected_response"]},
        messages()[1],
    ]


def test_a_persons_own_prompt_becomes_instructions_and_demonstrations() -> None:
    extractor = DSPyPromptExtractor({"comment": prompt()})
    assert extractor.extract_comment_prompt_instructions() == "Describe tables, briefly."
    [found] = extractor.get_comment_examples()
    assert found["input"]["table_name"] == "main.shop_0.orders"
    module = DSPyCommentModule().with_prompts("Describe tables, briefly.", [found])
    predictor = module.generate_comments.predictors()[0]
    assert predictor.signature.instructions == "Describe tables, briefly."
    assert predictor.demos[0]["metadata_response"] == example()["expected_response"]
    said, examples, signature = initialize_dspy_from_existing_prompts(messages=prompt())
    assert (said, len(examples)) == (signature.instructions, 1)


def test_an_installed_prompt_is_read_and_none_is_shipped(monkeypatch: Any) -> None:
    monkeypatch.setitem(sys.modules, "dbxmetagen.prompts", None)
    monkeypatch.setitem(sys.modules, "src.dbxmetagen.prompts", None)
    with pytest.raises(InputError, match="installed"):
        DSPyPromptExtractor().extract_comment_prompt_instructions()

    class Prompt:
        config: Any

        def create_prompt_template(self) -> dict[str, Any]:
            assert self.config.acro_content
            return {"comment": prompt()}

    installed = ModuleType("dbxmetagen.prompts")
    installed.CommentPrompt = Prompt  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "dbxmetagen", ModuleType("dbxmetagen"))
    monkeypatch.setitem(sys.modules, "dbxmetagen.prompts", installed)
    assert DSPyPromptExtractor().get_comment_examples()


def test_prompts_that_dbxmetagen_saved_are_loaded_and_others_refused(tmp_path: Path) -> None:
    path = tmp_path / "prompts.json"
    module = DSPyCommentModule().with_prompts(
        "Be brief.", DSPyPromptExtractor(prompt()).get_comment_examples()
    )
    module.save(path)
    theirs = load_prompts(path, allow_data_in_comments=True)
    assert theirs.generate_comments.predictors()[0].signature.instructions == "Be brief."
    save_prompts(module, path)
    with pytest.raises(SettingsError, match="may quote data"):
        load_prompts(path, allow_data_in_comments=False)
    for text in ("[]", "{}", "{", json.dumps({"generate_comments.predict": {"signature": {}}})):
        path.write_text(text)
        with pytest.raises(SettingsError, match="no prompts"):
            load_prompts(path, allow_data_in_comments=True)


def test_rules_find_personal_data_in_messages() -> None:
    generator = MetadataGeneratorFactory.create_generator(config(mode="pi"))
    content = json.loads(generator.predict(messages()).choices[0].message.content)
    found = dict(zip(content["columns"], content["column_contents"], strict=True))
    assert found["customer_name"]["type"] == "pii"
    assert found["gmv_eur"]["classification"] == "None"
    with pytest.raises(SettingsError):
        MetadataGeneratorFactory.create_generator(config(mode="domain"))


def test_both_generators_are_compared() -> None:
    [found] = DSPyMigrationHelper.run_migration_test(config(model=""), [messages()])
    assert found["traditional"]["columns"] == found["dspy"]["columns"] == COLUMNS
    assert found["metrics"]["structure"]["dspy"]["column_count_match"]
    empty = CommentResponse(table="", columns=["a"], column_contents="")
    metrics = DSPyMigrationHelper.compare_responses(empty, empty)["metrics"]
    assert metrics["structure"]["dspy"]["has_table_desc"] is False


def test_a_literal_is_read_once_it_is_bounded() -> None:
    assert literal("{'a': [1, (2, 3)], \"b\": 'it\\'s'}") == {"a": [1, (2, 3)], "b": "it's"}
    model = DSPyCommentGeneratorModel()
    model.from_context({"mode": "comment", "allow_data_in_comments": "false"})
    assert model.config.allow_data_in_comments is False
