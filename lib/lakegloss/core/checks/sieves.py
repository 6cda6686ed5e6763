"""Searches texts for patterns that hardly any text has, without a look at most of the texts."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Sieve:
    """A pattern, and parts of which each match has one: to look for those is ten times as fast.

    Attributes:
        parts: in lower case, in ASCII.
    """

    pattern: re.Pattern[str]
    parts: tuple[str, ...]

    def search(self, text: str) -> re.Match[str] | None:
        """The first match in a text."""
        return self.pattern.search(text) if self.lets_through(text) else None

    def sub(self, replacement: str, text: str) -> str:
        """The text with all matches replaced."""
        return self.pattern.sub(replacement, text) if self.lets_through(text) else text

    def lets_through(self, text: str) -> bool:
        """Whether the text has one of the parts, or letters beyond ASCII.

        Some of those are a letter of ASCII to a pattern that ignores case, and none to `lower`.
        """
        if not text.isascii():
            return True
        lowered = text.lower()
        for part in self.parts:  # noqa: SIM110 - a generator would take longer than the search
            if part in lowered:
                return True
        return False


def sieve(pattern: str, *parts: str, flags: int = re.IGNORECASE) -> Sieve:
    """Compile a pattern with the parts of which each match has one."""
    return Sieve(pattern=re.compile(pattern, flags), parts=parts)
