"""How versions are named: by number, or by an alias that may move."""

import re
from dataclasses import dataclass

from lakegloss.core.text.terminal import visible
from lakegloss.errors import VersionNotFoundError

_REFERENCE = re.compile(
    r"(?:models:/)?(?P<name>[^@/:]+?)(?:@(?P<alias>[\w.\-]+)|/(?P<number>[1-9][0-9]{0,9}))?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Which version is meant: by number, else by alias."""

    name: str
    alias: str = ""
    number: int = 0


def reference_of(text: str, *, alias: str = "champion") -> Reference:
    """`name`, `name@alias` or `name/3`, with or without `models:/` in front.

    Args:
        alias: of a name without one.

    Raises:
        VersionNotFoundError: it is none of these.
    """
    found = _REFERENCE.fullmatch(text.strip())
    if found is None:
        raise VersionNotFoundError(
            f"{visible(text)[:100]!r} names no version.", remedy="Write name@alias or name/number."
        )
    if found["number"]:
        return Reference(name=found["name"], number=int(found["number"]))
    return Reference(name=found["name"], alias=found["alias"] or alias)
