"""Defines the tree of domains: which labels tables may get, and how an answer names them."""

import fnmatch
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lakegloss.core.labels.tags import plain
from lakegloss.core.names import split_path
from lakegloss.core.text.neutral import neutralise

_ABOUT = 160
_NAME = 80
_KEYWORDS = 8
_BETWEEN = re.compile(r"\s*(?:/|>|->|=>|→|::|\\|\|)\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainNode:
    """A domain or a subdomain.

    Attributes:
        about: what belongs to it, in plain words.
        keywords: words that speak for it.
        tables: patterns of tables that belong to it, whatever a model says.
        children: the subdomains of a domain.
    """

    name: str
    about: str = ""
    keywords: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    children: tuple["DomainNode", ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class DomainPlace:
    """A domain, and a subdomain of it or ''."""

    domain: str
    subdomain: str = ""

    def __str__(self) -> str:
        return f"{self.domain}/{self.subdomain}" if self.subdomain else self.domain


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainTree:
    """All domains with their subdomains; no other label is ever given.

    Raises:
        ValueError: two domains, or two subdomains of one, have names that read the same.
    """

    domains: tuple[DomainNode, ...] = ()
    _by_name: dict[str, DomainPlace | None] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_name", self._named())

    def __bool__(self) -> bool:
        return bool(self.domains)

    def places(self) -> Iterator[tuple[DomainPlace, DomainNode]]:
        """Every domain and, after it, its subdomains."""
        for domain in self.domains:
            yield DomainPlace(domain.name), domain
            for child in domain.children:
                yield DomainPlace(domain.name, child.name), child

    def find(self, said: str, *, within: str = "") -> DomainPlace | None:
        """The place that a text names, or None; case, blanks, `_` and `-` do not matter.

        A text names a place by `domain/subdomain`, by the domain, or by a subdomain whose name no
        other place has. What is like a name without being one names nothing.

        Args:
            within: the domain in which the place must be; its subdomains can be named alone.
        """
        parts = [plain(part) for part in _BETWEEN.split(said.strip().strip("\"'`."))]
        if not all(parts) or len(parts) > 2:
            return None
        name = "/".join(parts)
        if within:
            own = self._by_name.get(f"{plain(within)}/{name}") if len(parts) == 1 else None
            place = own or self._by_name.get(name)
            return place if place is not None and place.domain == within else None
        return self._by_name.get(name)

    def by_pattern(self, table: str) -> DomainPlace | None:
        """The place whose patterns select a table; None where none or several do.

        A subdomain's patterns count before those of its domain.
        """
        found = {place for place, node in self.places() if selects(node.tables, table)}
        deep = {place for place in found if place.subdomain}
        chosen = deep or found
        return next(iter(chosen)) if len(chosen) == 1 else None

    def domain(self, name: str) -> DomainNode | None:
        """The domain of a name."""
        return next((domain for domain in self.domains if domain.name == name), None)

    @property
    def mark(self) -> str:
        """A hash of the tree: labels that a model gave rest on it."""
        text = json.dumps([_facts(domain) for domain in self.domains], ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def _named(self) -> dict[str, DomainPlace | None]:
        named: dict[str, DomainPlace | None] = {}
        for place, _ in self.places():
            name = "/".join(plain(part) for part in (place.domain, place.subdomain) if part)
            if not all(name.split("/")) or name in named:
                raise ValueError(f"{str(place)!r} has no name of its own")
            named[name] = place
        alone: dict[str, DomainPlace | None] = {}
        for place, _ in self.places():
            if place.subdomain:
                name = plain(place.subdomain)
                alone[name] = None if name in alone else place
        return alone | named


def lines_of(tree: DomainTree, *, domain: str = "", deep: bool = True) -> list[str]:
    """The lines that show a tree to a model, one for each label.

    Args:
        domain: show only the subdomains of this one.
        deep: show subdomains, too.
    """
    return [
        _line(place, node)
        for place, node in tree.places()
        if (not domain or (place.domain == domain and place.subdomain))
        and (deep or not place.subdomain)
    ]


def selects(patterns: tuple[str, ...], table: str) -> bool:
    """Whether a pattern selects a table; patterns may leave out catalog and schema."""
    try:
        parts = split_path(table.lower())
    except ValueError:
        parts = (table.lower(),)
    forms = [".".join(parts[start:]) for start in range(len(parts))]
    return any(fnmatch.fnmatchcase(form, p.lower()) for p in patterns for form in forms)


def _line(place: DomainPlace, node: DomainNode) -> str:
    names = [neutralise(part, _NAME) for part in (place.domain, place.subdomain) if part]
    facts = [neutralise(node.about, _ABOUT)] if node.about else []
    if node.keywords:
        facts.append(", ".join(neutralise(word, _NAME) for word in node.keywords[:_KEYWORDS]))
    return "/".join(names) + (f": {'; '.join(facts)}" if facts else "")


def _facts(node: DomainNode) -> list[object]:
    children = [_facts(child) for child in node.children]
    return [node.name, node.about, list(node.keywords), list(node.tables), children]


def tree_from(content: Mapping[str, object]) -> DomainTree:
    """Make a tree of the mapping `domains` of a file.

    Each domain is a text (what belongs to it), nothing, or a mapping with `about` or `description`,
    `keywords`, `tables` and `subdomains`, which are of the same form, or a list of names. What
    else a mapping holds (owners, colours) is left alone.

    Raises:
        ValueError: a part has another form; the message names it.
    """
    return DomainTree(domains=tuple(_nodes(content, "domains", depth=0)))


def _nodes(content: object, where: str, *, depth: int) -> Iterator[DomainNode]:
    if isinstance(content, list):
        content = dict(map(_item, content))
    if not isinstance(content, Mapping):
        raise ValueError(f"{where} must map names to what belongs to them")  # noqa: TRY004 - of a file
    for key, value in content.items():
        yield _node(key, value, where, depth=depth)


def _item(item: object) -> tuple[object, object]:
    if isinstance(item, Mapping):
        return item.get("name"), item
    return item, None


def _node(key: object, value: object, where: str, *, depth: int) -> DomainNode:
    name = str(key).strip() if isinstance(key, str | int | float) else ""
    if not name or "/" in name or not name.isprintable() or len(name) > _NAME:
        raise ValueError(f"{where}: {key!r} is no name of a domain")
    place = f"{where}.{name}"
    if value is None or isinstance(value, str):
        return DomainNode(name=name, about=value or "")
    if not isinstance(value, Mapping):
        raise ValueError(f"{place} must be a text or a mapping")  # noqa: TRY004 - of a file
    below = value.get("subdomains") or {}
    if below and depth:
        raise ValueError(f"{place}: a subdomain has no subdomains")
    return DomainNode(
        name=name,
        about=_text(value.get("about") or value.get("description")),
        keywords=_texts(value.get("keywords"), place),
        tables=_texts(value.get("tables"), place),
        children=tuple(_nodes(below, f"{place}.subdomains", depth=depth + 1)),
    )


def _text(value: object) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""


def _texts(value: object, where: str) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, str):
        value = value.split(",")
    if not isinstance(value, list):
        raise ValueError(f"{where}: keywords and tables are lists")  # noqa: TRY004 - of a file
    return tuple(str(item).strip() for item in value if str(item).strip())
