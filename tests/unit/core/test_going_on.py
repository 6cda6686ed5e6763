"""Work that may fail: the caller goes on, and the log has the stack."""

import logging

import pytest

from lakegloss.core.going_on import going_on, stack_of

LOG = logging.getLogger("lakegloss.test")


def fails(text: str) -> None:
    raise ValueError(text)


def test_the_caller_goes_on_and_the_log_says_what_failed_and_where(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with going_on(LOG, "the note of %s was lost", "run-1"):
        fails("no room")
    [record] = caplog.records
    first, *stack = record.getMessage().splitlines()
    assert first == "the note of run-1 was lost: no room"
    assert any("in fails" in line for line in stack)
    assert record.levelno == logging.WARNING


def test_nothing_is_logged_where_nothing_fails(caplog: pytest.LogCaptureFixture) -> None:
    with going_on(LOG, "100 % of it was lost"):
        pass
    assert caplog.records == []


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_an_interrupt_passes(error: type[BaseException]) -> None:
    with pytest.raises(error), going_on(LOG, "lost"):
        raise error


def test_the_level_is_the_callers(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, LOG.name), going_on(LOG, "lost", level=logging.DEBUG):
        fails("x")
    assert caplog.records[0].levelno == logging.DEBUG


def test_a_stack_has_no_value_that_the_message_quotes() -> None:
    try:
        fails("the value 'jane@example.com' cannot be cast")
    except ValueError as error:
        stack = stack_of(error)
    assert "in fails" in stack
    assert "raise ValueError(text)" in stack
    assert "jane" not in stack.replace("fails(\"the value 'jane@example.com' cannot be cast\")", "")
