"""Defines the function by which long work reports its progress."""

from typing import Protocol


class Progress(Protocol):
    """Takes the step's name, how much of it is done, and how much there is (0: unknown)."""

    def __call__(self, step: str, done: int, total: int) -> None: ...


def silent(step: str, done: int, total: int) -> None:
    """Report nothing."""
