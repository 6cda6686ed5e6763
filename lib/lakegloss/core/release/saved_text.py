"""Reads and writes the JSON text of a saved program, which is data; it needs no DSPy."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lakegloss.core.text.terminal import visible
from lakegloss.errors import VersionRefusedError

FORMAT = 1
COMMENT, CONFIG = "comment", "config"
MOST_BYTES = 5_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedProgram:
    """A program as data.

    Attributes:
        name: the name under which it is executed.
        kind: COMMENT for the comment program, CONFIG for any other.
        version: a hash of everything that affects its requests.
        signature: a hash of its fields.
        body: the data from which `load_saved` builds it.
    """

    name: str
    kind: str
    version: str
    signature: str
    body: Mapping[str, Any]

    @property
    def content(self) -> str:
        """A hash of all its data."""
        data = [self.name, self.kind, self.version, self.signature, dict(self.body)]
        text = json.dumps(data, ensure_ascii=True, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()  # in full, against forged programs

    @property
    def text(self) -> str:
        """The program as JSON text."""
        content = {
            "format": FORMAT,
            "kind": self.kind,
            "name": self.name,
            "version": self.version,
            "signature": self.signature,
            "body": dict(self.body),
        }
        return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def read_saved(text: str) -> SavedProgram:
    """Read a text that holds a saved program; `load_saved` builds the program.

    Raises:
        VersionRefusedError: it is no saved program, or one of a later lakegloss.
    """
    try:
        content = json.loads(text[: MOST_BYTES + 1])
        form = content["format"]
        parts = {key: content[key] for key in ("name", "kind", "version", "signature")}
        body = content["body"]
    except (ValueError, RecursionError, KeyError, TypeError):
        form, parts, body = None, {}, None
    whole = isinstance(body, dict) and all(isinstance(part, str) for part in parts.values())
    if form is None or not whole:
        raise VersionRefusedError(
            "The text is no saved program.", remedy="Register the program again."
        )
    if form != FORMAT or parts["kind"] not in {COMMENT, CONFIG}:
        raise VersionRefusedError(
            f"The program {visible(parts['name'])[:80]!r} was saved in a form that this version of "
            "lakegloss does not know.",
            remedy="Update lakegloss, or register the program again.",
        )
    return SavedProgram(**parts, body=body)
