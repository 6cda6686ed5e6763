"""The public names of releasing and of the production loop are there, typed and documented."""

import inspect

import pytest

from lakegloss import release
from tests.unit.test_front_door import typed_imports


def test_all_names_are_there_typed_and_documented() -> None:
    assert sorted(release.__all__) == sorted(set(release.__all__))
    assert set(release.__all__) == typed_imports(release) <= set(dir(release))
    things = [getattr(release, name) for name in release.__all__]
    assert [thing.__name__ for thing in things if not inspect.getdoc(thing)] == []
    with pytest.raises(AttributeError, match="desribe"):
        release.desribe  # noqa: B018 - that reading it fails is the test
