"""Reads programs and figures from files, for whoever registers versions."""

import json
from pathlib import Path
from typing import Any

import yaml

from lakegloss.core.release.saved_text import SavedProgram, read_saved
from lakegloss.errors import SettingsError
from lakegloss.programs.comment import PROGRAM, CommentProgram
from lakegloss.programs.config import read_config
from lakegloss.programs.families import NAMED_SIGNATURES
from lakegloss.programs.saved import load_saved, save, save_config
from lakegloss.programs.signatures import signature_named

_MOST_BYTES = 10_000_000


def saved_of(program: str, state: Path | None = None) -> SavedProgram:
    """Read a program as data, by its name, from its YAML file, or from the JSON text of `save`.

    Raises:
        VersionRefusedError: the JSON text is no saved program.
        SettingsError, SignatureError, SignatureNotFoundError: it cannot be used.
    """
    if program == PROGRAM:
        return save(
            CommentProgram.restore(read_file(state, "state")) if state else CommentProgram()
        )
    if state is not None:
        raise SettingsError(
            "Only the comment program has a state file.", remedy="Leave --state out."
        )
    if program.endswith((".yaml", ".yml")):
        text = read_file(Path(program), "program")
        try:
            content = yaml.safe_load(text)
        except yaml.YAMLError as error:
            where = str(error).replace("\n", " ")[:200]
            raise SettingsError(
                f"{program} is not valid YAML: {where}.", remedy="Correct it."
            ) from None
        return save_config(read_config(content, program))
    if program.endswith(".json"):
        saved = read_saved(read_file(Path(program), "program"))
        load_saved(saved)  # refuses what cannot, or must not, be built
        return saved
    return save(signature_named(program, NAMED_SIGNATURES), program)


def figures_of(path: Path | None) -> dict[str, Any]:
    """Read from a JSON file how well a program did, and on what; {} without a file.

    Raises:
        SettingsError: the file cannot be read, or holds no JSON object.
    """
    if path is None:
        return {}
    try:
        found = json.loads(read_file(path, "figures"))
    except ValueError as error:
        raise SettingsError(
            f"{path} is no JSON: {error}.", remedy='Write names to numbers: {"similarity": 0.71}.'
        ) from None
    if not isinstance(found, dict):
        raise SettingsError(
            f"{path} holds no JSON object.", remedy='Write names to numbers: {"similarity": 0.71}.'
        )
    return found


def read_file(path: Path | None, what: str) -> str:
    """Read the text of a file.

    Args:
        what: the kind of content, for errors.

    Raises:
        SettingsError: it cannot be read, or is too large.
    """
    try:
        assert path is not None
        if path.stat().st_size > _MOST_BYTES:
            raise SettingsError(
                f"{path} has more than {_MOST_BYTES:,} bytes.", remedy="Shorten it."
            )
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"The file of the {what}, {str(path)!r}, cannot be read: {error}.",
            remedy="Correct its path.",
        ) from None
