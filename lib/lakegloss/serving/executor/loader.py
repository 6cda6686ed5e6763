"""Loads programs from YAML files, from installed packages and from the registry.

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
import threading
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml

from lakegloss.errors import (
    ProgramNotFoundError,
    SettingsError,
    SignatureError,
    VersionNotFoundError,
)
from lakegloss.programs.config import OWN, instance_of, program_of, read_config
from lakegloss.release.registry import Registry, allowed_names
from lakegloss.release.servers import UNITY_CATALOG, uris_of
from lakegloss.release.version import Reference, reference_of
from lakegloss.settings import Settings, load_settings

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


class RegisteredPrograms:
    """Loads registered programs, as `name`, `name@alias` or `name/3`, from the settings' registry.

    The registry is opened for the first name that it may hold; a name without alias or number
    means the champion. Names that `registry_allow` does not allow are not looked up.

    Args:
        settings: by default those of the environment, read when they are needed.
    """

    follows = True

    def __init__(self, settings: Settings | None, environ: Mapping[str, str]) -> None:
        self._settings = settings
        self._environ = environ
        self._lock = threading.RLock()
        self._opened: Any = None

    @property
    def names(self) -> list[str]:
        """The names that were asked for."""
        return [] if self._opened is None else list(self._opened.names)

    def at_hand(self, model_id: str) -> Any | None:
        """The loaded program; the registry is not asked."""
        return None if self._opened is None else self._opened.at_hand(model_id)

    def load(self, model_id: str) -> Any | None:
        """The program of a reference; None where there is none.

        Raises:
            VersionRefusedError: its name is not allowed, or it must not be used.
            RegistryError, EnvironmentNotReadyError: the registry cannot be used.
        """
        try:
            reference = reference_of(model_id)
        except VersionNotFoundError:
            return None
        source = self._source(reference, given=model_id != reference.name)
        return None if source is None else source.load(model_id)

    def close(self) -> None:
        """Stop following aliases."""
        if self._opened is not None:
            self._opened.close()

    def _source(self, reference: Reference, *, given: bool) -> Any | None:
        """The registry's programs; None where it does not hold the name.

        Args:
            given: whether an alias or a number stands with the name.
        """
        with self._lock:
            if self._opened is not None:
                return self._opened
            if self._settings is None:
                self._settings = load_settings(environ=self._environ)
            allowed = any(fnmatchcase(reference.name, p) for p in allowed_names(self._settings))
            if not (allowed or given) or not self._may_exist(self._settings):
                return None
            from lakegloss.serving.api.follow import RegistrySource

            registry = Registry(self._settings, environ=self._environ)
            self._opened = RegistrySource(registry, seconds=self._settings.serve_refresh)
            return self._opened

    def _may_exist(self, settings: Settings) -> bool:
        """Whether there is a registry: MLflow would make the file of a local one."""
        file = uris_of(settings, self._environ)[1].removeprefix("sqlite:///")
        return (
            "://" in file or file.startswith(("databricks", UNITY_CATALOG)) or Path(file).exists()
        )
