"""Decides when the notice of a change is sent, and what follows from an attempt.

Notices of one alert leave in the order of its changes: who learns of the end before the beginning
would take the alert for one that is on. After a failure the others of that channel wait for the
next time: each of them would wait for the same receiver.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import TracebackType

from lakegloss.core.monitoring.alert_states import AlertChange

ATTEMPTS = 8
"""How often one notice is sent before it counts as failed: for about an hour and a half."""
CLAIM = timedelta(seconds=60)
"""How long a process has for one attempt; a process that was killed loses its claim then."""
_FIRST_WAIT, _LONGEST_WAIT = 30.0, 1_800.0
_MOST_ERROR = 200


class NoticeStatus(StrEnum):
    """WAITING is before the first attempt and between two."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One notice to one channel.

    Attributes:
        number: of the change within its alert.
        attempts: how many began.
        claimed_until: until when the process that sends it has time; None where none does.
        error: the kind of the last failure.
    """

    alert_id: str
    number: int
    channel: str
    next_at: datetime
    status: NoticeStatus = NoticeStatus.WAITING
    attempts: int = 0
    claimed_until: datetime | None = None
    error: str = ""

    @property
    def change_id(self) -> str:
        """The id by which a receiver knows it."""
        return f"{self.alert_id}-{self.number}"

    def is_due(self, now: datetime) -> bool:
        """Whether it may be sent now."""
        is_claimed = self.claimed_until is not None and self.claimed_until >= now
        return self.status is NoticeStatus.WAITING and self.next_at <= now and not is_claimed

    def claimed(self, now: datetime) -> "Notice":
        """The notice while an attempt is made."""
        return replace(self, attempts=self.attempts + 1, claimed_until=now + CLAIM)

    def tried(self, error: str, now: datetime, *, spread: float = 1.0) -> "Notice":
        """The notice after an attempt.

        Args:
            error: the kind of the failure; '' where it was sent.
            spread: a factor of the wait until the next attempt.
        """
        if not error:
            return replace(self, status=NoticeStatus.SENT, claimed_until=None, error="")
        after = replace(self, claimed_until=None, error=error[:_MOST_ERROR])
        if self.attempts >= ATTEMPTS:
            return replace(after, status=NoticeStatus.FAILED)
        wait = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** (self.attempts - 1))
        return replace(after, next_at=now + timedelta(seconds=wait * spread))


def send_in_turn(
    notices: Iterable[Notice],
    send: Callable[[Notice], NoticeStatus | None],
    *,
    clock: Callable[[], datetime],
    most: int,
) -> dict[str, int]:
    """Attempt the notices that are due, in their turn; returns how many by what became of them.

    Args:
        notices: all that wait.
        send: claims and sends one; None where another process has it.
        most: attempts.
    """
    counts: dict[str, int] = {}
    behind: set[tuple[str, str]] = set()
    broken: set[str] = set()
    for notice in sorted(notices, key=lambda n: (n.number, n.next_at, n.alert_id)):
        line = (notice.alert_id, notice.channel)
        if line in behind or notice.channel in broken or sum(counts.values()) >= most:
            continue
        status = send(notice) if notice.is_due(clock()) else None
        if status is None or status is NoticeStatus.WAITING:
            behind.add(line)
        if status is not None:
            counts[status.value] = counts.get(status.value, 0) + 1
            if status is not NoticeStatus.SENT:
                broken.add(notice.channel)
    return counts


class _Attempt:
    """Keeps the kind of what was raised, and lets the caller go on; interrupts pass through."""

    kind = ""

    def __enter__(self) -> None:
        pass

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        if isinstance(error, Exception):
            self.kind = type(error).__name__
        return isinstance(error, Exception)


def failure_of(attempt: Callable[[], str]) -> str:
    """What an attempt returns: the kind of its failure, or ''; or the kind of what it raised.

    Not a word of what it raised: that may repeat an address or a secret.
    """
    kept = _Attempt()
    with kept:
        kept.kind = attempt()
    return kept.kind


def body_of(change: AlertChange) -> str:
    """What a notice tells of a change, as JSON."""
    body = {
        **asdict(change), "subject": change.subject._asdict(), "status": change.status.value,
        "at": change.at.isoformat(), "change_id": change.change_id, "message": change.sentence,
    }  # fmt: skip
    return json.dumps(body, ensure_ascii=True, sort_keys=True)
