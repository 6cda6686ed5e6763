"""Runs one test over many cases, where a test of its own for each costs more than what it checks.

pytest takes some milliseconds for each test: more than a check of one string does.
"""

import inspect
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, TypeVar

T = TypeVar("T")


def over_all(
    argument: str, cases: Iterable[T], *, named: Callable[[T], str] = str
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a test all cases, one after the other; those that fail are told together, by name.

    Args:
        argument: the parameter of the test that gets a case. All others stay as they are:
            fixtures, and parameters of `parametrize`.
        cases: what it gets.
        named: how a case is called in the failure.
    """
    listed = tuple(cases)
    assert listed, "a test over no case holds nothing"

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        signature = inspect.signature(test)
        others = [p for name, p in signature.parameters.items() if name != argument]
        assert len(others) < len(signature.parameters), f"{test.__name__} takes no {argument}"

        @wraps(test)
        def together(**rest: Any) -> None:
            failures = []
            for case in listed:
                try:
                    test(**{argument: case}, **rest)
                except Exception as error:  # noqa: BLE001 - raised below, together
                    error.add_note(f"{argument}: {named(case)}")
                    failures.append(error)
            if failures:
                names = ", ".join(note for e in failures for note in e.__notes__[-1:])
                raise ExceptionGroup(f"{len(failures)} of {len(listed)} fail ({names})", failures)

        together.__signature__ = signature.replace(parameters=others)  # type: ignore[attr-defined]
        return together

    return decorate
