"""Fills the templates of pages: whatever a text holds, the page runs and fetches nothing of it."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from lakegloss.core.report.charts import number
from lakegloss.core.report.data import money
from lakegloss.core.text.terminal import visible

_MOST_CHARACTERS = 2_000


def fill_template(
    package: str,
    name: str,
    values: Mapping[str, Any],
    *,
    filters: Mapping[str, Callable[..., str]] | None = None,
) -> str:
    """The page that a template makes of these values; the same values make the same page.

    Args:
        package: whose folder `templates` holds it.
        filters: more of them, beside `number`, `money` and `lines`.

    Raises:
        jinja2.UndefinedError: the template names a value that is not given.
    """
    more = tuple(sorted((filters or {}).items(), key=lambda item: item[0]))
    return _environment(package, more).get_template(name).render(values)


@lru_cache(maxsize=16)
def _environment(package: str, more: tuple[tuple[str, Callable[..., str]], ...]) -> Environment:
    """Jinja's environment, made once, as it compiles each template."""
    environment = Environment(
        loader=PackageLoader(package, "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_plain,
    )
    environment.filters |= {"number": number, "money": money, "lines": _clipped, **dict(more)}
    return environment


def _clipped(text: str) -> str:
    """A comment as it is; of a very long one the start, with the number of its characters."""
    if len(text) <= _MOST_CHARACTERS:
        return text
    return f"{text[:_MOST_CHARACTERS]}… ({number(len(text))} characters in all)"


def _plain(value: object) -> object:
    """What the template shows: text without control characters; markup of our own as it is."""
    if isinstance(value, Markup | int | float):
        return value
    return visible(str(value), lines=True)
