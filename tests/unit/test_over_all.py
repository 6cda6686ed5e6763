"""A test over many cases names those that fail, and keeps its other arguments."""

from pathlib import Path

import pytest

from tests.kits.over_all import over_all

each_number = over_all("number", range(1, 7), named="no. {}".format)


@pytest.mark.parametrize("most", [6, 9])
@each_number
def test_fixtures_and_parameters_stay_as_they_are(number: int, most: int, tmp_path: Path) -> None:
    assert 1 <= number <= most
    (tmp_path / str(number)).touch()
    assert len(list(tmp_path.iterdir())) == number, "one folder for all cases"


def test_those_that_fail_are_named_and_keep_their_errors() -> None:
    @each_number
    def check(number: int) -> None:
        assert number % 3

    with pytest.raises(
        ExceptionGroup, match=r"2 of 6 fail \(number: no\. 3, number: no\. 6\)"
    ) as e:
        check()
    assert [type(error) for error in e.value.exceptions] == [AssertionError] * 2


def test_no_case_and_a_wrong_name_are_mistakes() -> None:
    with pytest.raises(AssertionError, match="no case"):
        over_all("number", ())
    with pytest.raises(AssertionError, match="takes no numbr"):
        over_all("numbr", [1])(test_no_case_and_a_wrong_name_are_mistakes)
