"""Logs of the service: structured, cleaned, without secrets."""

import json
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakegloss.serving.api.logs import (
    JsonFormatter,
    extract_token_usage,
    log_dspy_call,
    log_execution_time,
    sanitize_for_logging,
)


def test_values_are_cut_and_cleaned() -> None:
    found = sanitize_for_logging(
        {
            "text": "a\x1b[2J\nb" + "x" * 500,
            "api_key": "k",
            "nested": {"Authorization": "Bearer k", "deep": {"er": {"est": {"x": 1}}}},
            "many": list(range(100)),
            "input_tokens": 7,
        }
    )
    assert found["text"].startswith("a\\x1b[2J b")
    assert len(found["text"]) < 220
    assert found["api_key"] == found["nested"]["Authorization"] == "***"
    assert found["nested"]["deep"]["er"] == {"est": "{1 items}"}
    assert len(found["many"]) == 20
    assert found["input_tokens"] == 7


@given(st.recursive(st.text() | st.none() | st.floats(), st.lists))
def test_whatever_comes_is_one_line_of_json(value: object) -> None:
    record = logging.makeLogRecord({"name": "n", "msg": "m %s", "args": ("x\ny",), "v": value})
    line = JsonFormatter().format(record)
    assert "\n" not in line
    assert json.loads(line)["message"] == "m x y"


def test_a_call_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    usage = {"input_tokens": 3, "output_tokens": 4, "estimated": False}
    with caplog.at_level(logging.INFO, "lakegloss.api"):
        log_dspy_call("P", {"a": 1}, {"metadata": {"usage": usage}}, 12.34)
        log_dspy_call("P\n", {"password": "p", "b": "x\x00"}, error=ValueError("no\n"))
    good, bad = caplog.records
    assert vars(good)["token_usage"] == {"input_tokens": 3, "output_tokens": 4}
    assert vars(good)["event_type"] == "dspy_call_complete"
    assert vars(bad)["event_type"] == "dspy_call_failed"
    assert vars(bad)["input_data"] == {"password": "***", "b": "x\\x00"}
    assert "\n" not in JsonFormatter().format(bad)


def test_usage_of_whatever() -> None:
    assert extract_token_usage(None) == {}
    assert extract_token_usage({"usage": "many"}) == {}
    assert extract_token_usage({"input_tokens": 1, "output_tokens": 2})["output_tokens"] == 2


def test_time_is_logged_of_what_fails_too(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "lakegloss.api"):
        with log_execution_time("fine", "r1") as timing:
            assert timing["duration_ms"] >= 0
        with pytest.raises(ZeroDivisionError), log_execution_time("broken"):
            raise ZeroDivisionError
    assert timing["duration_ms"] == timing["duration_ms"]
    kinds = [vars(r)["event_type"] for r in caplog.records]
    assert kinds == ["operation_complete", "operation_failed"]
    assert vars(caplog.records[0])["request_id"] == "r1"
