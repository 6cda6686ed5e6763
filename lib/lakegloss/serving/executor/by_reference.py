"""Loads registered programs by their references, from the registry that the settings name."""

import threading
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from lakegloss.errors import VersionNotFoundError
from lakegloss.release.registry import Registry, allowed_names
from lakegloss.release.servers import UNITY_CATALOG, uris_of
from lakegloss.release.version import Reference, reference_of
from lakegloss.settings import Settings, load_settings


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
