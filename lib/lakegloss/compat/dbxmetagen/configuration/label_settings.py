"""Turns dbxmetagen's tags and its files of domains and ontologies into a scheme of labels."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from lakegloss.compat.dbxmetagen.configuration.config_keys import KEYS, ONTOLOGY
from lakegloss.compat.dbxmetagen.configuration.metadata_config import (
    ALL,
    MetadataConfig,
    is_nothing,
    yaml_of,
)
from lakegloss.core.labels.groups import LabelGroup
from lakegloss.core.labels.scheme import LabelScheme
from lakegloss.core.labels.tree import DomainTree, tree_from
from lakegloss.errors import SettingsError

NONE, MEDICAL, PROTECTED = "None", "medical_information", "protected"
_BUNDLES = ("configurations/ontology_bundles", "ontology_bundles")
"""Folders in which dbxmetagen keeps bundles by name, beside its file of settings."""
_SECTIONS = ("ontology", "bundle")


def scheme_of_config(config: MetadataConfig, mode: str = "") -> LabelScheme:
    """The labels of a mode: of personal data (pi), of domains (domain), or of both (all).

    Args:
        mode: by default that of the settings.

    Raises:
        SettingsError: a tag or a value cannot be written, or domains have no file.
    """
    mode = mode or config.mode
    scheme = _personal(config)
    if mode != "pi":
        scheme = replace(
            scheme if mode == ALL else LabelScheme(group_tag="", class_tag=""),
            domain_tag=_tag(config.domain_tag_name),
            subdomain_tag=_tag(config.subdomain_tag_name),
            tree=_tree(config),
        )
    if why := scheme.wrong():
        raise SettingsError(f"The tags cannot be used: {why}.", remedy="Give others.")
    return scheme


def _personal(config: MetadataConfig) -> LabelScheme:
    """The class says that an asset is protected, the subclass by what."""
    medical = LabelGroup.PHI.value if config.disable_medical_information_value else MEDICAL
    return LabelScheme(
        group_tag=_tag(config.pi_subclassification_tag_name),
        class_tag="",
        protected_tag=_tag(config.pi_classification_tag_name),
        protected_value=PROTECTED,
        domain_tag="",
        subdomain_tag="",
        none_value=NONE if config.tag_none_fields else "",
        values={LabelGroup.MEDICAL.value: medical},
    )


def _tag(name: Any) -> str:
    return "" if is_nothing(name) else str(name).strip()


def _tree(config: MetadataConfig) -> DomainTree:
    own = config.domain_config_path
    if not is_nothing(own) and not Path(str(own)).is_file():
        raise SettingsError(
            f"The file of domains {str(own)!r} is not there.", remedy="Correct domain_config_path."
        )
    for path in _files_of_domains(config):
        if path.is_file():
            return domains_in(path)
    raise SettingsError(
        "No file of domains is named.",
        remedy="Set domain_config_path, or ontology_bundle to the path of a file or to the name of "
        "one in configurations/ontology_bundles beside variables.yml; lakegloss ships no bundle.",
    )


def _files_of_domains(config: MetadataConfig) -> Iterator[Path]:
    """Where domains may stand, in the order in which dbxmetagen takes them.

    Its default for `ontology_config_path` counts last: there the bundle decides.
    """
    ontology, bundle = str(config.ontology_config_path or ""), str(config.ontology_bundle or "")
    is_default = Path(ontology) in (Path(ONTOLOGY), config.beside(ONTOLOGY))
    yield Path(str(config.domain_config_path or ""))
    if not is_default:
        yield Path(ontology)
    yield Path(bundle)
    for folder in _BUNDLES:
        name = f"{folder}/{bundle}.yaml"
        yield from (Path(name), config.beside(name))
    if is_nothing(bundle) or bundle == KEYS["ontology_bundle"].default:
        yield Path(ontology)


def domains_in(path: Path) -> DomainTree:
    """The domains of a configuration of domains or of an ontology.

    Raises:
        SettingsError: the file cannot be read, or holds no domains.
    """
    content = yaml_of(path)
    parts = content if isinstance(content, Mapping) else {}
    inner = [parts, *(parts.get(name) for name in _SECTIONS)]
    domains = next((p["domains"] for p in inner if isinstance(p, Mapping) and "domains" in p), None)
    if not domains:
        raise SettingsError(
            f"{str(path)!r} holds no domains.", remedy="It needs a mapping `domains`."
        )
    try:
        return tree_from(domains)
    except ValueError as error:
        raise SettingsError(f"{str(path)!r}: {error}.", remedy="Correct the file.") from None
