"""Reads the YAML file of labels (`core.labels.scheme` describes its parts)."""

from pathlib import Path

import yaml

from lakegloss.core.labels.scheme import LabelScheme, scheme_from
from lakegloss.errors import SettingsError

_FORM = "docs/labels.md shows its form: mappings `tags`, `values` and `domains`."


def read_scheme(path: Path | None) -> LabelScheme:
    """The scheme of a file; without a file the built-in one, which has no domains.

    Raises:
        SettingsError: the file cannot be read, is not YAML, or holds something that cannot be used.
    """
    if path is None:
        return LabelScheme()
    try:
        text = path.read_text(encoding="utf-8")
        return scheme_from(yaml.safe_load(text))
    except OSError as error:
        raise SettingsError(
            f"The file of labels {str(path)!r} cannot be read: {error.strerror}.",
            remedy="Correct the setting `label_file`.",
        ) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise SettingsError(
            f"The file of labels {str(path)!r} cannot be used: {error}.", remedy=_FORM
        ) from None
