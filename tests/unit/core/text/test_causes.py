import pytest

from lakegloss.core.text.causes import first_line


def test_py4j_names_the_cause_and_not_its_own_object() -> None:
    error = Exception(
        "An error occurred while calling o48.collectToPython.\n"
        ": org.apache.spark.SparkException: Job aborted due to stage failure: Lost task 0.0\n"
        "Driver stacktrace:\n\tat org.apache.spark.scheduler.DAGScheduler"
    )
    assert first_line(error) == "SparkException: Job aborted due to stage failure: Lost task 0.0"


def test_the_line_is_bounded_and_never_empty() -> None:
    assert first_line(ValueError("a" * 900), 500) == "a" * 500
    assert first_line(ValueError("")) == "ValueError"
    assert first_line(Exception("[TABLE_NOT_FOUND] `a`.`b`\n at")) == "[TABLE_NOT_FOUND] `a`.`b`"


@pytest.mark.parametrize(
    "message",
    [
        "[CAST_INVALID_INPUT] The value 'ada@example.org' of the type \"STRING\" cannot be cast",
        "Job aborted: a.b.SparkException: [CAST_INVALID_INPUT] The value 'O'Neil ada@example.org'",
        "[MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION] Malformed records: [ada@example.org,1]",
        "[USER_RAISED_EXCEPTION] ada@example.org is not an account",
        "[DELTA_VIOLATE_CONSTRAINT_WITH_VALUES] CHECK violated by row: - email : ada@example.org",
        "java.time.DateTimeException: Text 'ada@example.org' could not be parsed at index 0",
        'java.lang.NumberFormatException: For input string: "ada@example.org"',
        "something about ada@example.org",
    ],
)
def test_no_value_of_the_data_is_in_the_line(message: str) -> None:
    line = first_line(Exception(message))
    assert "ada@" not in line
    assert "O'Neil" not in line
    assert len(line) > 15


def test_names_stay_and_nothing_moves_a_terminal() -> None:
    line = first_line(Exception("[UNRESOLVED_COLUMN] `pho\x1b[2Jne` in 'the schema'"))
    assert line == "[UNRESOLVED_COLUMN] `pho\\x1b[2Jne` in 'the schema'"
