"""Loads programs from YAML files and from installed packages.

A file names signatures, classes and instructions; nothing in it is ever evaluated:

    name: email-assistant-v1
    module: ChainOfThought            # or Predict, which is the default
    signature:                        # or the name of one: EmailDraft
      instructions: Write an e-mail.
      inputs:
        recipient: who receives it
        context: {description: what is known, default: ""}
      outputs:
        email_body: the text
        urgent: {description: whether it is, type: bool}
    demos:
      - {recipient: Ann, email_body: "Dear Ann, ...", urgent: false}

In place of `signature` stands `chain: {inputs: [...], steps: [{signature: ..., wiring: ...}]}`, or
`class: package.module:Name` of a package that the loader was told to trust.
"""

import importlib.metadata
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from lakegloss.errors import ProgramNotFoundError, SettingsError, SignatureError
from lakegloss.programs.config import OWN, instance_of, program_of, read_config

ENTRY_POINTS = "lakegloss.programs"
"""The group of entry points by which packages offer programs: signatures or modules."""
MOST_BYTES = 1_000_000
_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]*")
_ENDINGS = (".yaml", ".yml")


class DSPyModelLoader:
    """Loads programs from YAML files.

    Args:
        folder: where `load` looks for `<name>.yaml`; None looks nowhere.
        trusted: packages whose classes `class:` may name, besides lakegloss' own programs.

    Raises:
        SettingsError: there is no such folder.
    """

    is_local = True

    def __init__(self, folder: str | Path | None = None, *, trusted: Sequence[str] = ()) -> None:
        self._folder = None if folder is None else Path(folder)
        if self._folder is not None and not self._folder.is_dir():
            raise SettingsError(
                f"There is no folder {str(folder)!r} of programs.", remedy="Correct its path."
            )
        self._trusted = (*OWN, *trusted)

    def load_from_config(self, path: str | Path) -> dict[str, Any]:
        """Load a file's program: a dict of `program`, `name`, `description`, `version`.

        Raises:
            SettingsError: the file cannot be read, or is not a program file.
            SignatureError: the program's parts do not fit together.
        """
        config = read_config(_read(Path(path)), str(path))
        return {
            "program": program_of(config, str(path), trusted=self._trusted),
            "name": config.name,
            "description": config.description,
            "version": config.version,
        }

    @property
    def names(self) -> list[str]:
        """The files' names without their endings."""
        if self._folder is None:
            return []
        files = [path for ending in _ENDINGS for path in self._folder.glob(f"*{ending}")]
        return sorted({path.stem for path in files if _FILE_NAME.fullmatch(path.stem)})

    def load(self, model_id: str) -> Any | None:
        """The program of `<model_id>.yaml` in the folder; None where there is no such file.

        Raises:
            SettingsError, SignatureError: see `load_from_config`.
        """
        if self._folder is None or not _FILE_NAME.fullmatch(model_id):
            return None
        for ending in _ENDINGS:
            path = self._folder / f"{model_id}{ending}"
            if path.is_file():
                return self.load_from_config(path)["program"]
        return None


def _read(path: Path) -> Any:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise SettingsError(f"{path} has more than {MOST_BYTES:,} bytes.", remedy="Shorten it.")
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise SettingsError(
            f"The program file {str(path)!r} cannot be read: {error.strerror}.",
            remedy="Correct its path.",
        ) from None
    except UnicodeDecodeError:
        raise SettingsError(f"{path} is not UTF-8 text.", remedy="Save it as UTF-8.") from None
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as error:
        where = str(error).replace("\n", " ")[:200]
        raise SettingsError(f"{path} is not valid YAML: {where}.", remedy="Correct it.") from None


class EntryPointSource:
    """Loads programs that installed packages offer under `lakegloss.programs`."""

    @property
    def names(self) -> list[str]:
        """The names of the entry points."""
        found = importlib.metadata.entry_points(group=ENTRY_POINTS)
        return sorted({entry.name for entry in found})

    def load(self, model_id: str) -> Any | None:
        """The program of that name; None where no package offers it.

        Raises:
            ProgramNotFoundError: a package offers it, and it cannot be imported.
        """
        for entry in importlib.metadata.entry_points(group=ENTRY_POINTS):
            if entry.name != model_id:
                continue
            try:
                return instance_of(entry.load(), entry.value)
            except SignatureError:
                raise
            except Exception as error:  # whatever a package does when it is imported
                raise ProgramNotFoundError(
                    f"The program {model_id!r} cannot be imported from {entry.value}: "
                    f"{type(error).__name__}: {error}.",
                    remedy="Reinstall its package.",
                ) from error
        return None
