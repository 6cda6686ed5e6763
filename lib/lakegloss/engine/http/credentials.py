"""Keys: where they are read, and in which form they may travel to Spark's workers.

On the driver a credential may be a key in memory or a callable. A partition gets a reference to a
file, or a token that the driver minted for at most an hour; a key itself is never pickled.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn, Protocol

from lakegloss.engine.http.secrets import SECRETS
from lakegloss.errors import EndpointAuthError, SettingsError

MINTED_SECONDS = 3600


class Credential(Protocol):
    """Something that yields the token of an Authorization header."""

    def token(self) -> str:
        """The token to send now; '' sends none.

        Raises:
            EndpointAuthError: there is none to be had.
        """

    def for_partitions(self) -> "Credential":
        """A form of it that Spark's workers may have.

        Raises:
            SettingsError: there is none.
        """


@dataclass(frozen=True, slots=True)
class NoCredential:
    """Endpoints that ask for no key."""

    def token(self) -> str:
        return ""

    def for_partitions(self) -> Credential:
        return self


@dataclass(frozen=True, slots=True)
class KeyFile:
    """A file that holds the key; read where and when it is needed, so that it can be rotated."""

    path: Path

    def token(self) -> str:
        try:
            text = self.path.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise EndpointAuthError(
                f"The key file {str(self.path)!r} cannot be read: {type(error).__name__}.",
                remedy="Correct api_key_file; workers of Spark must see the file, too.",
            ) from None
        if not text or not text.isascii() or not text.isprintable():
            raise EndpointAuthError(
                f"The key file {str(self.path)!r} does not hold one line with a key.",
                remedy="Write the key into it, and nothing else.",
            )
        return SECRETS.know(text)

    def for_partitions(self) -> Credential:
        return KeyFile(self.path.absolute())


@dataclass(frozen=True, slots=True)
class MintedToken:
    """A short-lived token that the driver minted for the tasks of one job."""

    value: str = field(repr=False)

    def token(self) -> str:
        return SECRETS.know(self.value)

    def for_partitions(self) -> Credential:
        return self


@dataclass(frozen=True, slots=True)
class DriverKey:
    """A key from a callable; it stays on the driver.

    Args:
        source: called for each use, so that tokens may change.
        mint: makes a token of at most `MINTED_SECONDS` for partitions, where the platform can.
    """

    source: Callable[[], str] = field(repr=False)
    mint: Callable[[], str] | None = field(default=None, repr=False)

    def token(self) -> str:
        return SECRETS.know(self.source())

    def for_partitions(self) -> Credential:
        if self.mint is not None:
            return MintedToken(self.mint())
        raise SettingsError(
            "An API key is not sent to Spark's workers.",
            remedy="Put the key in a file that they can read and set api_key_file, or set "
            "transport to 'driver'.",
        )

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key that lives on the driver cannot be pickled")
