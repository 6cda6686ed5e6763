"""The calls of dbxmetagen's document, in our own words."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lakegloss.compat.dbxmetagen import (
    CommentGenerator,
    DSPyCommentGeneratorFactory,
    DSPyCommentGeneratorModel,
    EnhancedMetadataGeneratorFactory,
    MetadataConfig,
    MetadataGeneratorFactory,
    create_generator_with_fallback,
    evaluate_model_performance,
)
from tests.kits.dbxmetagen_names import COLUMNS, config, example, messages
from tests.kits.mlflow_database import mlflow_database
from tests.kits.program_server import ProgramServer


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ProgramServer]:
    with ProgramServer() as found:
        monkeypatch.setenv("LAKEGLOSS_MODEL", "m")
        monkeypatch.setenv("LAKEGLOSS_ENDPOINT", found.url)
        yield found


def test_a_generator_answers_messages(server: ProgramServer) -> None:
    settings = MetadataConfig(
        mode="comment", model="gpt-4", max_tokens=4000, temperature=0.7,
        allow_data_in_comments=True, skip_yaml_loading=True,
    )  # fmt: skip
    with DSPyCommentGeneratorFactory.create_generator(settings) as model:
        answer = model.predict(messages())
    assert server.requests[0]["model"] == "gpt-4"
    assert server.requests[0]["temperature"] == 0.7
    content = json.loads(answer.choices[0].message.content)
    assert (content["columns"], len(content["column_contents"])) == (COLUMNS, len(COLUMNS))
    assert all(content["column_contents"])
    # The server writes no comments, so the answer says who did.
    assert set(answer.lakegloss.sources.values()) == {"rules"}
    assert answer.lakegloss.problem
    sent = json.dumps(server.requests)
    assert "John Smith" not in sent, "names of persons leave as shapes"


def test_the_factories_choose(monkeypatch: pytest.MonkeyPatch) -> None:
    made = EnhancedMetadataGeneratorFactory.create_generator(config(), use_dspy=True)
    assert isinstance(made, DSPyCommentGeneratorModel)
    own = MetadataGeneratorFactory.create_generator(config())
    assert type(own) is CommentGenerator
    chosen = create_generator_with_fallback(
        config(), table_name="finance.customers.data", use_dspy_for_tables=["finance.", "sales."]
    )
    assert isinstance(chosen, DSPyCommentGeneratorModel)
    other = create_generator_with_fallback(config(), "hr.people.data", ["finance."])
    assert type(other) is CommentGenerator
    environ = {"DBXMETAGEN_USE_DSPY": "true", "DBXMETAGEN_DSPY_PATTERNS": "finance.,sales."}
    create = EnhancedMetadataGeneratorFactory.create_generator_with_env_config
    assert isinstance(create(config(), environ=environ), DSPyCommentGeneratorModel)
    assert type(create(config(), "hr.a.b", environ=environ)) is CommentGenerator
    assert type(create(config(), environ={})) is CommentGenerator


def test_prompts_are_optimised_saved_and_loaded(server: ProgramServer, tmp_path: Path) -> None:
    with DSPyCommentGeneratorFactory.create_generator(config()) as model:
        module = model.optimize_prompts(
            train_examples=[example(n) for n in range(4)],
            validation_examples=[example(n) for n in range(4, 6)],
            num_threads=4,
        )
        assert module is model.dspy_module
        assert model.last is not None
        assert model.last.search.calls > 0
        model.save_optimized_prompts(tmp_path / "optimized_prompts.json")
    again = DSPyCommentGeneratorFactory.create_generator(config())
    again.load_optimized_prompts(tmp_path / "optimized_prompts.json")
    predictor, loaded = (m.dspy_module.generate_comments.predictors()[0] for m in (model, again))
    assert loaded.signature.instructions == predictor.signature.instructions
    assert len(loaded.demos) == len(predictor.demos)


def test_a_single_example_teaches_nothing_and_says_so(
    server: ProgramServer, caplog: pytest.LogCaptureFixture
) -> None:
    model = DSPyCommentGeneratorFactory.create_generator(config())
    assert model.optimize_prompts(train_examples=[example()]) is model.dspy_module
    assert "stay as they are" in caplog.text
    assert not server.requests


def test_a_logged_model_answers_and_holds_no_key(
    server: ProgramServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import mlflow

    monkeypatch.setenv("MLFLOW_TRACKING_URI", mlflow_database(tmp_path / "mlflow.db"))
    monkeypatch.setenv("MLFLOW_REQUIREMENTS_INFERENCE_TIMEOUT", "1")
    monkeypatch.setenv("LAKEGLOSS_API_KEY", "sk-secret-of-ours")
    monkeypatch.chdir(tmp_path)
    model = DSPyCommentGeneratorFactory.create_generator(config())
    model.predict(messages())
    folder = tmp_path / "saved"
    mlflow.pyfunc.save_model(folder, python_model=model, pip_requirements=[])
    kept = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert b"sk-secret-of-ours" not in kept
    answer: Any = mlflow.pyfunc.load_model(str(folder)).predict(messages())
    content = json.loads(answer["choices"][0]["message"]["content"])
    assert content["columns"] == COLUMNS
    json.dumps(answer)


def test_performance_has_intervals() -> None:
    with CommentGenerator(config(model="")) as model:
        found = evaluate_model_performance(
            model=model,
            test_examples=[example(n) for n in range(3)],
            metrics=["accuracy", "completeness", "relevance"],
            against=CommentGenerator(config(model="")),
        )
    assert list(found) == ["accuracy", "completeness", "relevance"]
    assert found["completeness"]["value"] > 0.7
    assert (
        found["accuracy"]["low"] is None or found["accuracy"]["low"] <= found["accuracy"]["value"]
    )
    assert found["accuracy"]["items"] == 12
    assert found["accuracy"]["difference"] == 0


def test_the_log_says_more_on_debug(
    server: ProgramServer, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG), CommentGenerator(config()) as model:
        model.predict(messages())
    assert caplog.records
