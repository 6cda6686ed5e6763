"""Sets of words, written as text."""


def word_set(text: str) -> frozenset[str]:
    """The words of a text that are separated by blanks or line ends."""
    return frozenset(text.split())
