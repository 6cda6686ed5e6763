"""Describes a registered version: by its tags, its description and its files."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from lakegloss.core.release.saved_text import SavedProgram
from lakegloss.core.text.terminal import visible
from lakegloss.errors import RegistryError, VersionNotFoundError, VersionRefusedError

_REFERENCE = re.compile(
    r"(?:models:/)?(?P<name>[^@/:]+?)(?:@(?P<alias>[\w.\-]+)|/(?P<number>[1-9][0-9]{0,9}))?"
)


CODE_LOADER = "mlflow.pyfunc.loaders.code_model"
_TAG = "lakegloss_"  # Unity Catalog takes no dots in names of tags
_MOST_MEASURED = 4_900


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """Describes a registered version.

    Attributes:
        program: the program's own name.
        program_version: a hash of what the program sends.
        package: a hash of what is packaged with the program: code, settings, requirements.
        content: a hash of the program as it was saved.
        measured: figures of the program's quality and what they were measured on.
        described: whether it has a description: figures or a person's text.
    """

    name: str
    number: int
    program: str = ""
    program_version: str = ""
    signature: str = ""
    aliases: tuple[str, ...] = ()
    package: str = ""
    content: str = ""
    measured: Mapping[str, Any] = field(default_factory=dict)
    described: bool = False
    run_id: str = ""
    created_at: float = 0.0

    @property
    def reference(self) -> str:
        return f"{self.name}/{self.number}"


def refuse_pickles(version: Version, model: str) -> None:
    """Check by a version's MLmodel file that the version is code and data.

    Raises:
        VersionRefusedError: it is pickled, or not a Python model.
    """
    remedy = "Register the program with `lakegloss register`."
    try:
        flavor = yaml.safe_load(model)["flavors"]["python_function"]
        loader, code = flavor["loader_module"], flavor.get("model_code_path")
    except (yaml.YAMLError, KeyError, TypeError, AttributeError):
        raise VersionRefusedError(
            f"The version {version.reference!r} is no Python model.", remedy=remedy
        ) from None
    if flavor.get("python_model") or loader != CODE_LOADER or not code:
        raise VersionRefusedError(
            f"The version {version.reference!r} is pickled: to load it would run whatever is in "
            "it.",
            remedy=remedy,
        )


def tags_of(saved: SavedProgram, package: str = "") -> dict[str, str]:
    """Make the tags of a version."""
    return {
        f"{_TAG}program": saved.name,
        f"{_TAG}version": saved.version,
        f"{_TAG}signature": saved.signature,
        f"{_TAG}content": saved.content,
        f"{_TAG}package": package,
    }


def description_of(measured: Mapping[str, Any]) -> str:
    """Make the description of a version: figures that its page shows.

    Raises:
        RegistryError: they are too long.
    """
    text = json.dumps(measured, ensure_ascii=True, sort_keys=True) if measured else ""
    if len(text) > _MOST_MEASURED:
        raise RegistryError(
            f"What it was measured on takes {len(text):,} characters, at most {_MOST_MEASURED:,} "
            "are kept.",
            remedy="Keep the figures, and leave out rows and texts.",
        )
    return text


def numbers_of(measured: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, float]]:
    """The figures and their names, for the metrics of a run."""
    for key, value in measured.items():
        name = re.sub(r"[^\w\-. /]", "_", f"{before}{key}")[:200]
        if isinstance(value, Mapping):
            yield from numbers_of(value, f"{name}.")
        elif isinstance(value, int | float) and not isinstance(value, bool):
            yield name, float(value)


def version_of(item: Any, aliases: Mapping[str, int]) -> Version:
    """Convert MLflow's version to a `Version`.

    Args:
        aliases: the aliases of the name, used if MLflow's version has none.
    """
    tags: Mapping[str, str] = item.tags or {}
    number = int(item.version)
    named = aliases or dict.fromkeys(item.aliases or (), number)
    return Version(
        name=item.name,
        number=number,
        program=tags.get(f"{_TAG}program", ""),
        program_version=tags.get(f"{_TAG}version", ""),
        signature=tags.get(f"{_TAG}signature", ""),
        aliases=tuple(sorted(alias for alias, found in named.items() if found == number)),
        package=tags.get(f"{_TAG}package", ""),
        content=tags.get(f"{_TAG}content", ""),
        measured=_measured(item.description or ""),
        described=bool(item.description),
        run_id=item.run_id or "",
        created_at=(item.creation_timestamp or 0) / 1_000,
    )


def _measured(text: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Names a version by number, else by alias."""

    name: str
    alias: str = ""
    number: int = 0


def reference_of(text: str, *, alias: str = "champion") -> Reference:
    """Read a reference: `name`, `name@alias` or `name/3`, with or without `models:/` in front.

    Args:
        alias: the alias for a name without one.

    Raises:
        VersionNotFoundError: the text has none of these forms.
    """
    found = _REFERENCE.fullmatch(text.strip())
    if found is None:
        raise VersionNotFoundError(
            f"{visible(text)[:100]!r} names no version.", remedy="Write name@alias or name/number."
        )
    if found["number"]:
        return Reference(name=found["name"], number=int(found["number"]))
    return Reference(name=found["name"], alias=found["alias"] or alias)
