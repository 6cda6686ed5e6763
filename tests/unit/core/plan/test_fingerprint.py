"""Fingerprints change with what a comment depends on, and with nothing else."""

import pytest

from lakegloss.core.plan.fingerprint import fingerprint, model_family

BASE: dict[str, object] = {
    "table": "s.t",
    "column": "c",
    "data_type": "int",
    "bucket": "b",
    "source_comments": ["x"],
    "guidance": ["g"],
    "style": "standard",
    "language": "English",
    "program_version": "v",
    "model_family": "m",
    "kind": "table",
}


def of(**changes: object) -> str:
    return fingerprint(**(BASE | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", sorted(BASE))
def test_each_part_counts(name: str) -> None:
    assert of(**{name: ["other"] if isinstance(BASE[name], list) else "other"}) != of()


def test_the_same_is_the_same_for_lists_and_tuples() -> None:
    assert of(guidance=("g",), source_comments=("x",)) == of()


def test_parts_do_not_run_together() -> None:
    assert of(table="s.tc", column="") != of(table="s.t", column="c")
    assert of(guidance=["a", "b"]) != of(guidance=['a", "b'])


def test_it_is_stable_across_versions() -> None:
    """A change here makes every lake be described again: only on purpose."""
    assert of() == "0aa993070b3d782642f8c1f428b8dc81"


@pytest.mark.parametrize(
    ("model", "family"),
    [
        ("gpt-4o-2024-08-06", "gpt-4o"),
        ("openai/gpt-4o-mini-2024-07-18", "gpt-4o-mini"),
        ("gpt-4-0613", "gpt-4"),
        ("gpt-4.1", "gpt-4.1"),
        ("databricks-claude-sonnet-4-6", "databricks-claude-sonnet-4-6"),
        ("claude-3-5-sonnet-20241022", "claude-3-5-sonnet"),
        ("claude-3-5-sonnet@20241022", "claude-3-5-sonnet"),
        ("anthropic.claude-3-5-sonnet-20241022-v2:0", "anthropic.claude-3-5-sonnet"),
        ("claude-3-7-sonnet-latest", "claude-3-7-sonnet"),
        ("gemini-1.5-pro-002", "gemini-1.5-pro"),
        ("gemini-2.5-flash-preview-0520", "gemini-2.5-flash"),
        ("databricks-meta-llama-3-3-70b-instruct", "databricks-meta-llama-3-3-70b-instruct"),
        ("mistral-large-2407", "mistral-large"),
        ("qwen3:8b", "qwen3:8b"),
        ("GPT-4O", "gpt-4o"),
        ("", ""),
        ("2024", "2024"),
    ],
)
def test_model_family(model: str, family: str) -> None:
    assert model_family(model) == family
