"""Writes the traffic of a rollout as variables of the bundle, so that a deployment keeps it."""

import json
from pathlib import Path
from typing import Any

from lakegloss.core.release.traffic import TrafficShares
from lakegloss.errors import InputError


def write_variables(path: Path, shares: TrafficShares) -> None:
    """Set the variables of versions and traffic in a file of variables; all others stay.

    The file is replaced as a whole: who reads it at the same time reads the old or the new one.

    Raises:
        InputError: the file holds no JSON object, or cannot be read or written.
    """
    values = {**_read(path), **shares.variables}
    hidden = path.with_name(f".{path.name}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        hidden.write_text(json.dumps(values, indent=1, ensure_ascii=True) + "\n", encoding="utf-8")
        hidden.replace(path)
    except OSError as error:
        hidden.unlink(missing_ok=True)
        raise InputError(
            f"{str(path)!r} cannot be written: {error.strerror}.", remedy="Name another file."
        ) from None


def _read(path: Path) -> dict[str, Any]:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise InputError(
            f"{str(path)!r} cannot be read: {error}.", remedy="Correct or remove it."
        ) from None
    if not isinstance(values, dict):
        raise InputError(f"{str(path)!r} holds no JSON object.", remedy="Correct or remove it.")
    return values
