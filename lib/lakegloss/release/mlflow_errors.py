"""Converts MLflow's errors to lakegloss' own."""

import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from lakegloss.core.text.causes import first_line
from lakegloss.errors import RegistryError, VersionNotFoundError, VersionRefusedError

_NOT_THERE = ("RESOURCE_DOES_NOT_EXIST", "NOT_FOUND")
_NO_ALIAS = "INVALID_PARAMETER_VALUE"
_GIVES_ALIAS = "`lakegloss promote NAME NUMBER` gives the alias."


@contextmanager
def working(what: str) -> Iterator[None]:
    """Convert errors of MLflow in work whose names all exist; `what` is the error's text.

    Raises:
        RegistryError: MLflow refuses, or does not answer.
    """
    try:
        yield
    except _of_mlflow() as error:
        raise _failed(what, error) from error


@contextmanager
def finding(what: str, *, remedy: str = "", absent: Collection[str] = _NOT_THERE) -> Iterator[None]:
    """Convert errors of MLflow in a search; `what` is the text if the thing does not exist.

    Args:
        remedy: what helps, put before the advice to list the versions.
        absent: MLflow's codes which mean that the thing does not exist.

    Raises:
        VersionNotFoundError: it does not exist.
        RegistryError: MLflow refuses, or does not answer.
    """
    try:
        yield
    except _of_mlflow() as error:
        if not _is_absent(error, absent):
            raise _failed(what, error) from error
        raise no_version(what, remedy=remedy) from error


def no_version(what: str, *, remedy: str = "") -> VersionNotFoundError:
    """The error of a thing that does not exist, see `finding`."""
    advice = f"{remedy} `lakegloss versions NAME` lists them.".strip()
    return VersionNotFoundError(_sentence(what), remedy=advice)


def no_alias(what: str) -> VersionNotFoundError:
    """The error of an alias that does not exist."""
    return no_version(what, remedy=_GIVES_ALIAS)


@contextmanager
def finding_alias(what: str) -> Iterator[None]:
    """Like `finding`, for an alias: if it does not exist, MLflow reports a wrong value."""
    with finding(what, remedy=_GIVES_ALIAS, absent=(*_NOT_THERE, _NO_ALIAS)):
        yield


@contextmanager
def reading(what: str) -> Iterator[None]:
    """Convert errors of MLflow while a version's file is read.

    A version without the file was not registered by lakegloss.

    Raises:
        VersionRefusedError: the file does not exist.
        RegistryError: MLflow refuses, or does not answer.
    """
    try:
        yield
    except _of_mlflow() as error:
        if not _is_absent(error, _NOT_THERE):
            raise _failed(what, error) from error
        remedy = "Register the program with `lakegloss register`."
        raise VersionRefusedError(_sentence(what), remedy=remedy) from error


def _of_mlflow() -> tuple[type[Exception], ...]:
    """What MLflow raises; while it is not imported, which takes seconds, that is nothing."""
    module = sys.modules.get("mlflow.exceptions")
    return (OSError, module.MlflowException) if module else (OSError,)


def _is_absent(error: Exception, codes: Collection[str]) -> bool:
    if isinstance(error, FileNotFoundError) or str(error).startswith("No such artifact"):
        return True
    return getattr(error, "error_code", "") in codes


def _failed(what: str, error: Exception) -> RegistryError:
    return RegistryError(
        f"The registry failed: {what}: {first_line(error, 300)}",
        remedy="Check registry_uri or MLFLOW_TRACKING_URI, and your rights.",
    )


def _sentence(what: str) -> str:
    return f"{what[0].upper()}{what[1:]}."
