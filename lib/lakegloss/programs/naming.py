"""Signatures by name."""

import difflib
from collections.abc import Mapping
from typing import Any

from lakegloss.errors import SignatureNotFoundError


def signature_named(name: str, known: Mapping[str, Any]) -> Any:
    """The signature of that name.

    Raises:
        SignatureNotFoundError: there is none; names that are near are told.
    """
    if not isinstance(name, str):
        raise SignatureNotFoundError(
            f"A {type(name).__name__} is no signature's name.",
            remedy="Give a name, or a signature class.",
        )
    if name in known:
        return known[name]
    near = difflib.get_close_matches(name, known, n=3)
    hint = f"Did you mean {', '.join(near)}?" if near else "list_signatures() names all."
    raise SignatureNotFoundError(f"Signature {name!r} not found.", remedy=hint)
