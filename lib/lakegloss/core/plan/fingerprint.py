"""Hashes everything that a comment depends on: an unchanged hash means nothing to do."""

import hashlib
import json
import re
from collections.abc import Sequence

_SNAPSHOT = re.compile(
    r"(?:[-@:_](?:20\d{2}-\d{2}-\d{2}|20\d{6}|\d{4}|\d{3}|v\d+(?::\d+)?|latest|preview|exp|stable))+$"
)


def fingerprint(
    *,
    table: str,
    column: str,
    data_type: str,
    bucket: str,
    source_comments: Sequence[str],
    guidance: Sequence[str],
    style: str,
    language: str,
    program_version: str,
    model_family: str,
    kind: str,
) -> str:
    """Hash everything that a comment depends on.

    `column` is '' for the table itself; `bucket` is the evidence in coarse steps
    (`Evidence.bucket`); `source_comments` are the comments of what the asset is made from, as
    they will be after this run; `guidance` are the lines that match the asset; `kind` is the
    table's.
    """
    parts = [
        table,
        column,
        data_type,
        bucket,
        list(source_comments),
        list(guidance),
        style,
        language,
        program_version,
        model_family,
        kind,
    ]
    text = json.dumps(parts, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def model_family(model: str) -> str:
    """Cut a model's name: no provider path, dates and snapshot numbers; '' stays ''.

    ``openai/gpt-4o-2024-08-06`` becomes ``gpt-4o``. Sizes and generations stay, as they tell
    families apart (``databricks-claude-sonnet-4-6``).
    """
    name = model.strip().lower().rpartition("/")[2]
    return _SNAPSHOT.sub("", name) or name
