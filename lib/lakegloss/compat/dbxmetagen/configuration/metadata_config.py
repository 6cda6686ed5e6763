"""Reads dbxmetagen's settings: keyword arguments over variables.yml over the defaults."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from lakegloss.compat.dbxmetagen.configuration.config_keys import KEYS
from lakegloss.errors import SettingsError

LARGEST_FILE = 2**20
_TRUE = {"true", "1", "yes"}
_NOTHING = {"", "none", "null"}
_PATHS = (
    "source_file_path", "override_csv_path", "customer_context_path", "domain_config_path",
    "ontology_config_path", "ontology_bundle",
)  # fmt: skip
_UNFILLED = ("${", "{{")
"""Marks of variables of a bundle or a job that nobody filled in."""
_FILE, _ADVANCED = "../variables.yml", "../variables.advanced.yml"
MODES = ("comment", "pi", "domain")
ALL = "all"
"""The three modes in one run: what dbxmetagen's job of parallel modes does."""
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "mode": (*MODES, ALL),
    "comment_style": ("concise", "standard", "detailed"),
    "ddl_output_format": ("sql", "tsv", "excel"),
    "reviewable_output_format": ("tsv", "excel"),
}


class MetadataConfig:
    """The settings of dbxmetagen, as attributes of the names that they have there.

    ``MetadataConfig(mode="comment", yaml_file_path="variables.yml")`` reads the file, and beside
    it `variables.advanced.yml` (or `yaml_advanced_file_path`); keyword arguments go before both.
    Without `yaml_file_path` the file is `../variables.yml`, where there is one.

    Paths of other files are looked up in the current folder, then beside that file.

    Attributes:
        given: names of settings that the arguments or the files set.
        arguments: names that the arguments set.
        unknown: names that dbxmetagen does not have; they are kept as attributes.

    Raises:
        SettingsError: a file cannot be read, or a value cannot be used.
    """

    def __init__(self, **kwargs: Any) -> None:
        file = kwargs.pop("yaml_file_path", None)
        advanced = kwargs.pop("yaml_advanced_file_path", None)
        values: dict[str, Any] = {}
        reads_files = not kwargs.pop("skip_yaml_loading", False)
        self._folder = Path(str(file or _FILE)).parent if reads_files else Path()
        if reads_files:
            values = _from_files(file, advanced)
        self.arguments = frozenset(kwargs)
        values |= kwargs
        self.given = frozenset(name for name in values if name in KEYS)
        self.unknown = tuple(sorted(name for name in values if name not in KEYS))
        for name, key in KEYS.items():
            setattr(self, name, _read(name, values.get(name, key.default), key.default))
        for name in self.unknown:
            setattr(self, name, values[name])
        for name in _PATHS if reads_files else ():
            setattr(self, name, _beside(getattr(self, name), Path(str(file or _FILE))))
        if not self.allow_data:
            self.allow_data_in_comments = False
            self.include_possible_data_fields_in_metadata = False
            self.sample_size = 0
        if self.federation_mode:
            self.apply_ddl = False

    def __getattr__(self, name: str) -> Any:
        """Only for type checkers: all settings are attributes of the instance."""
        raise AttributeError(f"dbxmetagen has no setting {name!r}")

    @property
    def without_effect(self) -> dict[str, str]:
        """The settings that were changed and have no effect here, each with the reason."""
        return {
            name: KEYS[name].why
            for name in sorted(self.given)
            if KEYS[name].why and not _is_unchanged(name, getattr(self, name))
        }

    def beside(self, path: str) -> Path:
        """A path beside the file of settings; without such a file in the current folder."""
        return self._folder / path

    @property
    def modes(self) -> tuple[str, ...]:
        """The modes that a run goes through."""
        return MODES if self.mode == ALL else (self.mode,)

    @property
    def values(self) -> dict[str, Any]:
        """Every setting by name."""
        return {name: getattr(self, name) for name in KEYS}


def is_nothing(value: object) -> bool:
    """Whether a value says that there is none; files write the words none and null for it."""
    return value is None or (isinstance(value, str) and value.strip().lower() in _NOTHING)


def _beside(value: Any, variables: Path) -> Any:
    """A path as it is; where nothing is there, one that is relative to the file of settings."""
    if is_nothing(value) or Path(str(value)).exists():
        return value
    path = variables.parent / str(value)
    return str(path) if path.exists() else value


def _is_unchanged(name: str, value: object) -> bool:
    default = KEYS[name].default
    is_default = value == default or (is_nothing(value) and is_nothing(default))
    return is_default or value in KEYS[name].shipped


def parse_bool(value: object) -> bool:
    """Read a truth value as dbxmetagen does: true, 1 and yes are true, every other text is false.

    Raises:
        SettingsError: it is neither text nor a number nor a truth value.
    """
    if value is None or isinstance(value, bool | int):
        return bool(value)
    if isinstance(value, str):
        return value.strip().lower() in _TRUE
    raise SettingsError(f"{type(value).__name__} is no truth value.", remedy="Write true or false.")


def _read(name: str, value: Any, default: object) -> Any:
    """A value in the type of the default."""
    if isinstance(value, str) and any(mark in value for mark in _UNFILLED):
        value = default  # a variable of a bundle that nobody filled in
    try:
        found = _typed(value, default)
    except (ValueError, TypeError, OverflowError):
        raise SettingsError(
            f"{name}={str(value)[:40]!r} cannot be read as a number.",
            remedy=f"Correct {name}; its default is {default!r}.",
        ) from None
    allowed = _CHOICES.get(name)
    if allowed and found not in allowed:
        raise SettingsError(
            f"{name}={str(found)[:40]!r} is none of {', '.join(allowed)}.",
            remedy=f"Correct {name}.",
        )
    return found


def _typed(value: Any, default: object) -> Any:
    if isinstance(default, bool):
        return parse_bool(value)
    if value is None or isinstance(value, dict | list):
        return default if value is None else value
    if isinstance(default, int):
        return int(value)
    if isinstance(default, float):
        return float(value)
    if isinstance(default, str) and not isinstance(value, str):
        return str(value)
    return value.strip() if isinstance(value, str) else value


def _from_files(file: object, advanced: object) -> dict[str, Any]:
    path = Path(str(file or _FILE))
    values = variables_of(path, required=file is not None)
    beside = Path(str(advanced)) if advanced else path.with_name(Path(_ADVANCED).name)
    return values | variables_of(beside, required=advanced is not None)


def variables_of(path: Path, *, required: bool = True) -> dict[str, Any]:
    """Read the defaults of the variables in a file of dbxmetagen.

    Raises:
        SettingsError: the file cannot be read, or has another form.
    """
    if not path.is_file() and not required:
        return {}
    content = yaml_of(path)
    block = content.get("variables") if isinstance(content, Mapping) else None
    if content is None or (isinstance(content, Mapping) and block is None):
        return {}
    if not isinstance(block, Mapping):
        raise SettingsError(
            f"{str(path)!r} is no file of variables.",
            remedy="Its form is `variables: {name: {default: value}}`.",
        )
    return {
        str(name): item.get("default") if isinstance(item, Mapping) else item
        for name, item in block.items()
        if not isinstance(item, Mapping) or "default" in item
    }


def yaml_of(path: Path) -> Any:
    """Read a YAML file of plain values; no tag of it makes an object.

    Raises:
        SettingsError: the file cannot be read, is too large, or is no YAML.
    """
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise SettingsError(
                f"{str(path)!r} has more than {LARGEST_FILE >> 10} KB.", remedy="Split it."
            )
        return yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise SettingsError(
            f"{str(path)!r} cannot be read: {error.strerror}.", remedy="Check its path and rights."
        ) from None
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise SettingsError(
            f"{str(path)!r} is not valid YAML: {str(error)[:200]}.", remedy="Correct the file."
        ) from None
