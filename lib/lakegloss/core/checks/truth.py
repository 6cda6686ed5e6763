"""Defines what evidence makes of a claim: true, false, or open."""

from enum import StrEnum


class Truth(StrEnum):
    """Whether data show a claim to be true or false; OPEN where they do neither."""

    TRUE = "true"
    FALSE = "false"
    OPEN = "open"


def truth(*, holds: bool, fails: bool) -> Truth:
    """FALSE where the claim fails, else TRUE where it holds, else OPEN."""
    return Truth.FALSE if fails else Truth.TRUE if holds else Truth.OPEN
