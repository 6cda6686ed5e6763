"""Removes the accents of letters."""

import unicodedata


def without_accents(text: str) -> str:
    """Write letters without the marks on them: é is e. A letter such as ł or ß has none, and stays.

    Ligatures and letters of full width become plain letters.
    """
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c))
