from lakegloss.core.causes import first_line


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
