"""Says plainly why the platform refused a tag, and what to do about it."""

import re

from lakegloss.core.labels.tag_statements import TagEdit

_GOVERNED = re.compile(r"tag policy|governed tag|tag_policy|not an allowed value", re.IGNORECASE)
_VALUE = re.compile(r"allowed value|invalid[ _](?:tag[ _])?value", re.IGNORECASE)
_TOO_MANY = re.compile(r"(?:exceed|limit|maximum|too many)[^.\n]{0,80}\btags?\b", re.IGNORECASE)
_APPLY = re.compile(r"APPLY[ _]TAG", re.IGNORECASE)
_RIGHTS = re.compile(r"PERMISSION_DENIED|INSUFFICIENT_|does not have|not authorized", re.IGNORECASE)
_NOT_THERE = re.compile(
    r"UC_NOT_ENABLED|not supported for [^.\n]*(?:hive|non-unity)", re.IGNORECASE
)


def is_governed(error: str) -> bool:
    """Whether the platform refused a tag because it is governed: others may still be set."""
    return bool(_GOVERNED.search(error)) or "ASSIGN" in error


def why_tag_refused(error: str, edit: TagEdit, said: str) -> str:
    """Say why a tag was refused.

    Args:
        error: all that the platform said.
        said: its first line, without values of the data.
    """
    if _GOVERNED.search(error) and _VALUE.search(error):
        return (
            f"the tag {edit.tag!r} is governed and does not allow the value {edit.after!r}: allow "
            "it there, or write another value (`values` in the file of labels)"
        )
    if is_governed(error):
        return (
            f"the tag {edit.tag!r} is governed and this identity may not assign it: ask for ASSIGN "
            "on it, or set another tag (`tags` in the file of labels)"
        )
    if _APPLY.search(error) or (_RIGHTS.search(error) and "tag" in error.lower()):
        return f"the right APPLY TAG is missing there (with USE SCHEMA and USE CATALOG): {said}"
    if _TOO_MANY.search(error):
        return f"the platform takes no more tags there: {said}"
    if _NOT_THERE.search(error):
        return f"this catalog takes no tags: {said}"
    return said
