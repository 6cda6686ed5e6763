"""Makes and checks the keys of the service's callers; only a digest of each is kept."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from lakegloss.errors import SettingsError

PREFIX = "lg_"
EXECUTE, COMMENT, READ, ADMIN = "execute", "comment", "read", "admin"
FEEDBACK = "feedback"
SCOPES = (EXECUTE, COMMENT, READ, FEEDBACK, ADMIN)
"""What a key may do: execute programs, ask for comments, read executions, judge them; all."""
_NAME_LENGTH = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A key, without its secret.

    Attributes:
        digest: SHA-256 of the secret's bytes.
        expires_at: None is never.
        rate: requests a minute; None is the service's own limit.
    """

    name: str
    digest: bytes
    scopes: frozenset[str]
    expires_at: datetime | None = None
    rate: int | None = None

    def is_valid(self, now: datetime) -> bool:
        return self.expires_at is None or now < self.expires_at


LOOPBACK = ApiKey(name="loopback", digest=b"", scopes=frozenset(SCOPES))
"""Who calls from this machine while no key is configured."""


def digest_of(secret: bytes) -> bytes:
    """What is kept of a secret: it is random, so that a plain hash cannot be turned around."""
    return hashlib.sha256(secret).digest()


def new_key(
    name: str,
    scopes: Sequence[str] = (EXECUTE, COMMENT, READ),
    *,
    expires_at: datetime | None = None,
    rate: int | None = None,
) -> tuple[str, ApiKey]:
    """Make a new key and its secret, which is shown once and stored nowhere.

    Raises:
        SettingsError: the name, a scope or the rate cannot be used.
    """
    if not name.isprintable() or not 0 < len(name) <= _NAME_LENGTH:
        raise SettingsError(
            f"A key's name has 1 to {_NAME_LENGTH} printable characters.", remedy="Give another."
        )
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not scopes:
        raise SettingsError(
            f"There is no scope {unknown[0]!r}." if unknown else "A key needs a scope.",
            remedy=f"Scopes: {', '.join(SCOPES)}.",
        )
    if rate is not None and rate < 1:
        raise SettingsError("A key's rate is at least 1 request a minute.", remedy="Raise it.")
    secret = PREFIX + secrets.token_urlsafe(32)
    key = ApiKey(
        name=name,
        digest=digest_of(secret.encode()),
        scopes=frozenset(scopes),
        expires_at=expires_at,
        rate=rate,
    )
    return secret, key


class KeyRing:
    """The keys that the service knows."""

    def __init__(self, keys: Iterable[ApiKey] = ()) -> None:
        self._keys = tuple(keys)

    def __bool__(self) -> bool:
        return bool(self._keys)

    def find(self, presented: bytes, now: datetime | None = None) -> ApiKey | None:
        """The key of a secret; None if there is none, or if it has expired.

        This takes the same time for every key, because every digest is compared in full.
        """
        digest = digest_of(presented)
        found = None
        for key in self._keys:
            if hmac.compare_digest(key.digest, digest):
                found = key
        return found if found is not None and found.is_valid(now or datetime.now(UTC)) else None


def presented(headers: Iterable[tuple[bytes, bytes]]) -> bytes | None:
    """The secret in a request's raw headers: x-api-key, else a bearer token; None if neither.

    x-api-key comes first, as a platform in front of the service may need the bearer token.
    """
    found: dict[bytes, bytes] = {}
    for name, value in headers:
        found.setdefault(name.lower(), value)
    own = found.get(b"x-api-key", b"").strip()
    if own:
        return own
    scheme, _, token = found.get(b"authorization", b"").strip().partition(b" ")
    return token.strip() or None if scheme.lower() == b"bearer" else None
