"""Defines which labels are given under which tags: the scheme, read from a file or made in code."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from lakegloss.core.labels.groups import LabelGroup, group_of_class
from lakegloss.core.labels.tags import plain, wrong_name, wrong_value
from lakegloss.core.labels.tree import DomainTree, tree_from
from lakegloss.core.personal.classes import PersonalClass

_KINDS = ("personal_data", "personal_class", "protected", "domain", "subdomain")


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelScheme:
    """Says which tags are set, and the values in which they say it. A tag named '' is never set.

    Attributes:
        group_tag: the group of a column's personal data, and of a table's (`LabelGroup`).
        class_tag: the class of a column's personal data (`PersonalClass`).
        protected_tag: set to `protected_value` on every table and column that has a group.
        domain_tag, subdomain_tag: of tables.
        none_value: the value of `group_tag` on columns without personal data; '' sets none.
        values: what is written in place of a group's or a class's own name.
        tree: the domains; without one no domain is given.
    """

    group_tag: str = "personal_data"
    class_tag: str = "personal_class"
    protected_tag: str = ""
    protected_value: str = "protected"
    domain_tag: str = "domain"
    subdomain_tag: str = "subdomain"
    none_value: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    tree: DomainTree = field(default_factory=DomainTree)

    def written(self, value: str) -> str:
        """What is written for a group or a class."""
        return self.values.get(value, value)

    def group_meant(self, written: str) -> LabelGroup | None:
        """The group that a value of `group_tag` stands for, in any case; None where it is none."""
        own = {plain(self.written(group)): group for group in LabelGroup}
        return own.get(plain(written))

    def class_meant(self, written: str) -> str:
        """The class that a value of `class_tag` stands for, in any case, or ''."""
        own = {plain(self.written(one)): one.value for one in PersonalClass}
        return own.get(plain(written), "")

    @property
    def tags(self) -> tuple[str, ...]:
        """The names of all tags that may be set."""
        named = (
            self.group_tag, self.class_tag, self.protected_tag, self.domain_tag, self.subdomain_tag
        )  # fmt: skip
        return tuple(name for name in named if name)

    def wrong(self) -> str:
        """Say what is wrong with the scheme; '' where it can be used."""
        for name in self.tags:
            if why := wrong_name(name):
                return f"the tag {name!r} cannot be set: {why}"
        if len(set(map(str.casefold, self.tags))) < len(self.tags):
            return "two labels have the same tag"
        own = [self.written(one) for kind in (LabelGroup, PersonalClass) for one in kind]
        places = [
            part for place, _ in self.tree.places() for part in (place.domain, place.subdomain)
        ]
        for value in (*own, self.protected_value, *filter(None, places), self.none_value or "none"):
            if why := wrong_value(value):
                return f"the value {value!r} cannot be written: {why}"
        unknown = [name for name in self.values if not _is_value(name)]
        return f"values: {unknown[0]!r} is neither a group nor a class" if unknown else ""


def _is_value(name: str) -> bool:
    return name in frozenset(LabelGroup) or group_of_class(name) is not None


def scheme_from(content: object) -> LabelScheme:
    """Make a scheme of a file's content: `tags`, `values`, `none`, `domains`; all may be missing.

    Raises:
        ValueError: a part is unknown or has another form; the message names it.
    """
    parts = _mapping(content or {}, "the file", ("tags", "values", "none", "domains"))
    tags = _mapping(parts.get("tags") or {}, "tags", _KINDS)
    usual = LabelScheme()
    values = _mapping(parts.get("values") or {}, "values", None)
    domains = parts.get("domains") or {}
    if not isinstance(domains, Mapping | list):
        raise ValueError("domains must map names to what belongs to them")  # noqa: TRY004 - of a file
    scheme = replace(
        usual,
        group_tag=_tag(tags, "personal_data", usual.group_tag),
        class_tag=_tag(tags, "personal_class", usual.class_tag),
        protected_tag=_tag(tags, "protected", usual.protected_tag),
        domain_tag=_tag(tags, "domain", usual.domain_tag),
        subdomain_tag=_tag(tags, "subdomain", usual.subdomain_tag),
        values={str(key): str(value) for key, value in values.items()},
        none_value=str(parts.get("none") or ""),
        tree=tree_from(domains),  # type: ignore[arg-type]  # tree_from says what is wrong with it
    )
    if why := scheme.wrong():
        raise ValueError(why)
    return scheme


def _mapping(content: object, where: str, known: tuple[str, ...] | None) -> Mapping[str, object]:
    if not isinstance(content, Mapping):
        raise ValueError(f"{where} must be a mapping")  # noqa: TRY004 - of a file
    unknown = [key for key in content if known is not None and key not in known]
    if unknown:
        raise ValueError(
            f"{where} has an unknown part {unknown[0]!r}; known: {', '.join(known or ())}"
        )
    return content


def _tag(tags: Mapping[str, object], kind: str, usual: str) -> str:
    return _name(tags[kind], kind) if kind in tags else usual


def _name(value: object, kind: str) -> str:
    if value is None or value is False:
        return ""
    if not isinstance(value, str):
        raise ValueError(f"tags: {kind} must be a name, or false for none")  # noqa: TRY004 - of a file
    return value.strip()
