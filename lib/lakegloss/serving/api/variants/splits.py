"""Follows the notes that rollouts leave in the registry: who gets the challenger, and which.

Whatever is doubtful goes to the champion: a note that cannot be read, one that nobody has renewed,
a registry that has not answered for a while, a challenger that cannot be loaded.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lakegloss.core.going_on import going_on
from lakegloss.core.release.arms import mark_of_unit
from lakegloss.core.release.assignment import Variant, variant_of_unit
from lakegloss.release.registry import Registry
from lakegloss.release.rollouts.rollout_effects import TAG, SplitNote, read_note
from lakegloss.release.version import Reference, Version

SESSION_HEADER = "x-session-id"
"""Who sends it is assigned by session; others by their key."""
_log = logging.getLogger("lakegloss.versions")
_STALE_LOOKS, _STALE_SECONDS = 10, 60.0
_PATIENCE = 1.0


def unit_of(session: str | None, key_name: str) -> str:
    """The mark of who asks: what is assigned, and kept of an execution in place of a session."""
    return mark_of_unit(f"session {session}" if session else f"key {key_name}")


@dataclass(frozen=True, kw_only=True)
class _Known:
    note: SplitNote | None
    program: Any
    looked_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedRollout:
    """A rollout as the service follows it; `challenger` is the program."""

    note: SplitNote
    challenger: Any


class Splits:
    """Keeps the rollouts of names that were asked for, and looks them up again in a thread.

    Args:
        load: makes the program of a version.
        seconds: the time between two look-ups.
        clock: seconds since 1970.
    """

    def __init__(
        self,
        registry: Registry,
        load: Callable[[Registry, Version], Any],
        *,
        seconds: float,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._registry = registry
        self._load = load
        self._seconds = seconds
        self._clock = clock
        self._known: dict[str, _Known] = {}
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def challenger_of(self, name: str, champion: str, unit: str) -> Any | None:
        """The program that a unit gets in place of the champion; None where it gets that.

        The first call for a name begins to follow it, and is answered by the champion.

        Args:
            champion: the reference of the champion, such as `name/3`: another one than the
                rollout's is not compared.
        """
        rollout = self._valid(name, champion)
        if rollout is None:
            return None
        chosen = variant_of_unit(rollout.note.salt, unit, rollout.note.share)
        return rollout.challenger if chosen is Variant.CHALLENGER else None

    def in_shadow(self, name: str, champion: str) -> FollowedRollout | None:
        """The rollout whose challenger answers some of the champion's requests, too; else None."""
        rollout = self._valid(name, champion)
        return rollout if rollout is not None and rollout.note.shadow else None

    def _valid(self, name: str, champion: str) -> FollowedRollout | None:
        """What is known of a name's rollout, as long as nothing about it is doubtful."""
        known = self._known.get(name)
        if known is None:
            self._begin(name)
            return None
        note, now = known.note, self._clock()
        if note is None or known.program is None or now >= note.until:
            return None
        if now - known.looked_at > max(_STALE_SECONDS, _STALE_LOOKS * self._seconds):
            return None
        if champion != f"{name}/{note.champion}":
            return None
        return FollowedRollout(note=note, challenger=known.program)

    def look(self) -> None:
        """Look up all names now."""
        for name in list(self._known):
            with going_on(_log, "the rollout of %s stays as it is for a while", name):
                self._look_up(name)

    def close(self) -> None:
        """End the thread."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join(_PATIENCE)

    def _begin(self, name: str) -> None:
        with self._lock:
            self._known.setdefault(name, _Known(note=None, program=None, looked_at=0.0))
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._follow, name="lakegloss-rollouts", daemon=True
                )
                self._thread.start()

    def _look_up(self, name: str) -> None:
        self._registry.check_alive()
        note = read_note(self._registry.tags(name).get(TAG, ""))
        known = self._known[name]
        program = known.program if _is_same(known.note, note) else None
        if note is not None and program is None:
            # Until it is loaded, the champion answers all.
            reference = Reference(name=name, number=note.challenger)
            with going_on(_log, "the challenger of %s cannot be used", name):
                program = self._load(self._registry, self._registry.find(reference))
        self._known[name] = _Known(note=note, program=program, looked_at=self._clock())
        if known.note != note:
            _log.info("the rollout of %s: %s", name, _shown_note(note))

    def _follow(self) -> None:
        self.look()
        while not self._ended.wait(self._seconds):
            self.look()


def _shown_note(note: SplitNote | None) -> str:
    if note is None:
        return "none"
    beside = f", for {note.shadow:.0%} in the shadow" if note.shadow else ""
    return f"version {note.challenger} for {note.share:.0%}{beside}"


def _is_same(before: SplitNote | None, now: SplitNote | None) -> bool:
    return before is not None and now is not None and before.challenger == now.challenger
