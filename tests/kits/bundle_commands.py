"""The commands of docs/databricks.md, walked in their order against the bundle.

What they need must be there when their turn comes: variables, targets, keys, parameters, versions.
"""

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tests.kits.bundle_checks import Bundle, load_bundle, resolve
from tests.kits.bundle_deployment import dependencies_of, required_variables

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.DOTALL | re.MULTILINE)
FILE = re.compile(r"cat > \.databricks/bundle/([\w-]+)/variable-overrides\.json <<'(\w+)'")
FLAGS = {"-t": 1, "--target": 1, "--select": 1, "--params": 1, "--strict": 0, "--var": 1}
FLAGS_OF = {"validate": {"--strict"}, "deploy": {"--select"}, "run": {"--params"}}
RUNNABLE = ("jobs", "apps")


@dataclass(slots=True)
class Target:
    """What the commands so far made of one target."""

    bundle: Bundle
    given: dict[str, Any] = field(default_factory=dict)
    deployed: set[tuple[str, str]] = field(default_factory=set)
    versions: int = 0


@dataclass(frozen=True, slots=True)
class Command:
    """One call of `databricks bundle`: its verb, its words, and its flags with their values."""

    verb: str
    words: list[str]
    flags: Mapping[str, list[str]]

    @property
    def target(self) -> str | None:
        named = [*self.flags.get("-t", []), *self.flags.get("--target", [])]
        return named[-1] if named else None


class Walk:
    """Goes through a page's blocks, one after the other."""

    def __init__(self, root: Path, page: str) -> None:
        self._root = root
        self._text = (root / page).read_text(encoding="utf-8")
        self._targets: dict[str, Target] = {}

    def problems(self) -> Iterator[str]:
        for language, block in BLOCK.findall(self._text):
            if language == "sh":
                yield from self._shell(block.splitlines())
            elif language == "json":
                yield from self._names(json.loads(block), self._target("dev"))

    def _target(self, name: str) -> Target:
        if name not in self._targets:
            self._targets[name] = Target(load_bundle(self._root, name))
        return self._targets[name]

    def _shell(self, lines: list[str]) -> Iterator[str]:
        rest = iter(lines)
        for line in rest:
            found = FILE.fullmatch(line.strip())
            if found:
                body = []
                for inner in rest:
                    if inner.strip() == found[2]:
                        break
                    body.append(inner)
                target = self._target(found[1])
                target.given = json.loads("\n".join(body))
                yield from self._names(target.given, target)
            elif line.startswith("databricks bundle"):
                for said in self._command(line):
                    yield f"{line}: {said}"

    def _names(self, given: Mapping[str, Any], target: Target) -> Iterator[str]:
        known = target.bundle.variables
        yield from (f"there is no variable {name!r}" for name in given if name not in known)

    def _command(self, line: str) -> Iterator[str]:
        words = shlex.split(line, comments=True)[2:]
        command = _parsed(words)
        if command is None:
            yield "it is not understood"
            return
        allowed = FLAGS_OF.get(command.verb, set()) | {"-t", "--target"}
        for flag in command.flags:
            if flag == "--var":
                yield "what --var sets is forgotten by the next deploy"
            elif flag not in allowed:
                yield f"{command.verb} has no {flag}"
        names = list(self._target("dev").bundle.raw["targets"])
        if command.target not in {None, *names}:
            yield f"there is no target {command.target!r}"
            return
        target = self._target(command.target or "dev")
        lacking = required_variables(target.bundle) - set(target.given)
        if lacking:
            yield f"{sorted(lacking)} have no value yet"
        yield from _DO.get(command.verb, _unknown)(target, command)


def _parsed(words: list[str]) -> Command | None:
    flags: dict[str, list[str]] = {}
    plain, rest = [], iter(words)
    for word in rest:
        name, _, value = word.partition("=") if word.startswith("--") else (word, "", "")
        if not word.startswith("-"):
            plain.append(word)
        elif name not in FLAGS:
            return None
        elif FLAGS[name]:
            flags.setdefault(name, []).append(value or next(rest, ""))
        else:
            flags.setdefault(name, [])
    return Command(plain[0], plain[1:], flags) if plain else None


def _unknown(_: Target, command: Command) -> Iterator[str]:
    yield f"there is no command {command.verb!r} here"


def _validate(_: Target, command: Command) -> Iterator[str]:
    if "--strict" not in command.flags:
        yield "without --strict it lets mistakes through"


def _deploy(target: Target, command: Command) -> Iterator[str]:
    bundle = target.bundle
    selected = [key for text in command.flags.get("--select", []) for key in text.split(",")]
    made: set[tuple[str, str]] = set()
    for name in selected:
        kind, _, key = name.partition(".")
        if key not in bundle.resources.get(kind, {}):
            yield f"there is no resource {name!r}"
        made |= dependencies_of(bundle, kind, key)
    if not selected:
        made = {(kind, key) for kind, all_ in bundle.resources.items() for key in all_}
    for kind, key in sorted(made):
        if kind == "model_serving_endpoints":
            yield from _endpoint(target, bundle.resources[kind][key])
    target.deployed |= made


def _endpoint(target: Target, endpoint: Mapping[str, Any]) -> Iterator[str]:
    values = {name: {"default": value} for name, value in target.given.items()}
    given = replace(target.bundle, variables={**target.bundle.variables, **values})
    for entity in endpoint["config"]["served_entities"]:
        version = int(resolve(given, str(entity["entity_version"])))
        if version > target.versions:
            yield f"version {version} of {entity['name']} is not registered yet"
    routes = endpoint["config"]["traffic_config"]["routes"]
    total = sum(int(resolve(given, str(route["traffic_percentage"]))) for route in routes)
    if total != 100:
        yield f"the traffic sums to {total}"


def _run(target: Target, command: Command) -> Iterator[str]:
    [key] = command.words or [""]
    kinds = [kind for kind in RUNNABLE if key in target.bundle.resources.get(kind, {})]
    if not kinds:
        yield f"there is no job or app {key!r}"
        return
    if (kinds[0], key) not in target.deployed:
        yield f"{kinds[0]}.{key} is not deployed yet"
    resource = target.bundle.resources[kinds[0]][key]
    declared = {item["name"] for item in resource.get("parameters", [])}
    for text in command.flags.get("--params", []):
        if text.partition("=")[0] not in declared:
            yield f"{key} has no parameter {text.partition('=')[0]!r}"
    target.versions += key == "register"


_DO = {"validate": _validate, "deploy": _deploy, "run": _run}


def command_problems(root: Path, page: str = "docs/databricks.md") -> list[str]:
    """What is wrong with the commands of a page, in their order."""
    return list(Walk(root, page).problems())
