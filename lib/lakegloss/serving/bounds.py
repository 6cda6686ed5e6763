"""What an executor takes for its numbers and modes."""

from typing import Any

from lakegloss.errors import SettingsError
from lakegloss.serving.result import ExecutionMode


def positive(name: str, value: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
        raise SettingsError(f"{name}={value!r} is not a positive number.", remedy="Give one.")
    return value


def whole(name: str, value: Any, *, least: int = 0) -> int:
    """A whole number of a bound.

    Raises:
        SettingsError: it is none.
    """
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise SettingsError(
            f"{name}={value!r} is not a whole number of at least {least}.", remedy="Give one."
        )
    return value


def mode_of(mode: ExecutionMode | str) -> ExecutionMode:
    try:
        return ExecutionMode(mode)
    except ValueError:
        known = ", ".join(ExecutionMode)
        raise SettingsError(f"There is no mode {mode!r}.", remedy=f"Modes: {known}.") from None
