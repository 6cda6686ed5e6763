"""Follows the aliases of programs: a promotion takes effect in seconds, never in mid-request."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from cachetools import TTLCache

from lakegloss.core.going_on import going_on
from lakegloss.core.release.saved_text import COMMENT
from lakegloss.core.text.causes import first_line
from lakegloss.errors import (
    LakeglossError,
    RegistryError,
    VersionNotFoundError,
    VersionRefusedError,
)
from lakegloss.programs.saved import load_saved
from lakegloss.release.chosen import Chosen
from lakegloss.release.registry import Registry
from lakegloss.release.version import Reference, Version, reference_of
from lakegloss.serving.executor.programs import Prepared, prepare

_log = logging.getLogger("lakegloss.versions")
_PATIENCE = 1.0
_MISSED_FOR, _MOST_MISSED = 5.0, 1_000


@dataclass(frozen=True, kw_only=True)
class _Known:
    number: int
    program: Any


class Followed:
    """Keeps the programs that aliases stand for, and looks them up again in a thread.

    A caller always gets one whole version. While the registry does not answer, or a new version
    cannot be used, the previous one stays.

    Args:
        load: makes the program of a version.
        seconds: the time between two look-ups.
    """

    def __init__(
        self, registry: Registry, load: Callable[[Registry, Any], Any], *, seconds: float
    ) -> None:
        self._registry = registry
        self._load = load
        self._seconds = seconds
        self._known: dict[Reference, _Known] = {}
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def get(self, reference: Reference) -> Any:
        """The program that the reference stands for now.

        Raises:
            RegistryError and its subclasses: it was never loaded, and cannot be loaded now.
        """
        known = self._known.get(reference)
        return known.program if known is not None else self._looked_up(reference)

    def at_hand(self, reference: Reference) -> Any | None:
        """Like `get`, if the program is loaded; None if the registry would have to be asked."""
        known = self._known.get(reference)
        return None if known is None else known.program

    @property
    def references(self) -> list[Reference]:
        """All references that were asked for."""
        return list(self._known)

    def close(self) -> None:
        """End the thread."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join(_PATIENCE)  # it may be waiting for a server that is gone

    def look(self) -> None:
        """Look up all aliases now."""
        for reference in self.references:
            with going_on(_log, "%s stays as it is", _shown(reference)):
                try:
                    self._registry.check_alive()
                    self._looked_up(reference)
                except LakeglossError as error:  # known, and no line of its stack says more
                    shown = _shown(reference)
                    _log.warning("%s stays as it is: %s", shown, first_line(error, 300))

    def _looked_up(self, reference: Reference) -> Any:
        known = self._known.get(reference)
        if known is not None and reference.number:
            return known.program  # a version never changes
        version = self._registry.find(reference)
        if known is not None and known.number == version.number:
            return known.program
        program = self._load(self._registry, version)
        with self._lock:
            self._known[reference] = _Known(number=version.number, program=program)
            if self._thread is None and not reference.number:
                self._thread = threading.Thread(
                    target=self._follow, name="lakegloss-versions", daemon=True
                )
                self._thread.start()
        _log.info("%s is version %d", _shown(reference), version.number)
        return program

    def _follow(self) -> None:
        while not self._ended.wait(self._seconds):
            self.look()


def _shown(reference: Reference) -> str:
    return f"{reference.name}@{reference.alias}" if reference.alias else reference.name


class FollowedComments:
    """Follows the comment program of an alias.

    Args:
        choose: makes the program of a version.
        seconds: the time between two look-ups.

    Raises:
        RegistryError and its subclasses: the first version cannot be used.
    """

    def __init__(
        self,
        reference: Reference,
        registry: Registry,
        choose: Callable[[Registry, Version], Chosen],
        *,
        seconds: float,
    ) -> None:
        self._reference = reference
        self._followed = Followed(registry, choose, seconds=seconds)
        self._followed.get(self._reference)

    @property
    def current(self) -> Chosen:
        """The current program."""
        found: Chosen = self._followed.get(self._reference)
        return found

    def close(self) -> None:
        """See `Followed.close`."""
        self._followed.close()


class RegistrySource:
    """Loads registered programs by name, and by alias or number if one is given."""

    follows = True

    def __init__(self, registry: Registry, *, seconds: float) -> None:
        self._registry = registry
        self._followed = Followed(registry, prepared_of, seconds=seconds)
        self._missed: TTLCache[str, bool] = TTLCache(_MOST_MISSED, _MISSED_FOR)
        self._lock = threading.Lock()

    @property
    def names(self) -> list[str]:
        """The names that were asked for."""
        return sorted({reference.name for reference in self._followed.references})

    def at_hand(self, model_id: str) -> Prepared | None:
        """The loaded program; the registry is not asked."""
        try:
            found: Prepared | None = self._followed.at_hand(reference_of(model_id))
        except RegistryError:
            return None
        return None if found is None else replace(found, name=model_id)

    def load(self, model_id: str) -> Prepared | None:
        """The program of `name`, `name@alias` or `name/3`; None where there is none.

        Raises:
            VersionRefusedError: its name is not allowed, or it must not be used.
            RegistryError: the registry does not answer.
        """
        with self._lock:
            if model_id in self._missed:
                return None
        try:
            reference = reference_of(model_id)
            found: Prepared = self._followed.get(reference)
        except VersionNotFoundError:
            with self._lock:
                self._missed[model_id] = True
            return None
        except VersionRefusedError:
            if model_id == reference.name and not self._registry.is_allowed(model_id):
                return None  # a bare name that no pattern fits is meant for other sources
            raise
        return replace(found, name=model_id)

    def close(self) -> None:
        """See `Followed.close`."""
        self._followed.close()


def prepared_of(registry: Registry, version: Any) -> Prepared:
    """The program of a version, ready to be executed.

    Raises:
        VersionRefusedError, RegistryError: it cannot be used.
    """
    saved = registry.saved(version)
    if saved.kind == COMMENT:
        raise VersionRefusedError(
            f"The version {version.reference!r} writes comments, from a table's card.",
            remedy="POST /api/v1/comments asks it; `program` in the settings chooses it.",
        )
    prepared = prepare(load_saved(saved), name=saved.name)
    return replace(prepared, registered=version.reference)
