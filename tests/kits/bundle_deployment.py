"""Checks of the bundle before and while it is deployed: fresh clones, empty values, owners.

As those of `bundle_checks`, they take the bundle as one target sees it and yield what is wrong.
"""

import ast
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.kits.bundle_checks import REFERENCE, Bundle, Tree, resolve

ALWAYS_CHOSEN = {"catalog", "tables"}
CHOSEN_IN_PRODUCTION = {"service_principal", "stewards"}
"""Variables that no default can be right for."""
USER = "${workspace.current_user.domain_friendly_name}"
NEEDS = {
    "lakegloss.serving.api": ("sqlalchemy", "psycopg"),
    "lakegloss.serving.model": ("mlflow",),
    "lakegloss.release": ("mlflow",),
}
"""What parts of lakegloss import that its wheel does not bring along."""


def in_production(bundle: Bundle) -> bool:
    mode: str = bundle.raw["targets"][bundle.target]["mode"]
    return mode == "production"


def required_variables(bundle: Bundle) -> set[str]:
    """The names that somebody has to choose in this target."""
    return ALWAYS_CHOSEN | (CHOSEN_IN_PRODUCTION if in_production(bundle) else set())


def sync_patterns(bundle: Bundle) -> Iterator[str]:
    """What a fresh clone has no file for is a warning, and an error with --strict."""
    target = bundle.raw["targets"][bundle.target]
    for sync in (bundle.raw.get("sync", {}), target.get("sync", {})):
        for pattern in [*sync.get("exclude", []), *sync.get("include", [])]:
            # Git's `**` at the end stands for files, too; pathlib's for folders before Python 3.13.
            files = bundle.root.glob(f"{pattern}/*" if pattern.endswith("**") else pattern)
            if not any(_in_clone(bundle.root, path) for path in files):
                yield f"sync: {pattern!r} matches nothing in a fresh clone"


def _in_clone(root: Path, path: Path) -> bool:
    ignored = [
        line.strip().strip("/")
        for line in (root / ".gitignore").read_text(encoding="utf-8").splitlines()
        if line.strip() and not line.startswith("#")
    ]
    parts = path.relative_to(root).parts
    return path.is_file() and not any(Path(part).match(name) for part in parts for name in ignored)


def chosen_variables(bundle: Bundle) -> Iterator[str]:
    for name in sorted(required_variables(bundle)):
        if "default" in bundle.variables.get(name, {"default": ""}):
            yield f"variable {name!r} has a default in {bundle.target}, or is not there"
    for name, variable in bundle.variables.items():
        has_value = "default" in variable or "lookup" in variable
        if name not in required_variables(bundle) and not has_value:
            yield f"variable {name!r} has no value in target {bundle.target}"
        if re.search(r"\b(main|samples)\b", str(variable.get("default", ""))):
            yield f"variable {name!r} has a catalog for a default"


def cli_version(bundle: Bundle) -> Iterator[str]:
    wanted = bundle.raw["bundle"].get("databricks_cli_version", "")
    found = re.fullmatch(r">= ?(\d+)\.(\d+)\.\d+", wanted)
    if found is None or (int(found[1]), int(found[2])) < (1, 2):
        yield f"databricks_cli_version is {wanted!r}: --select needs 1.2"
    if bundle.raw["bundle"].get("engine") != "direct":
        yield "no engine is named: --select needs the direct one"


def empty_values(bundle: Bundle) -> Iterator[str]:
    """An entry without a value is dropped on its way, and what is left is refused."""
    for key, app in bundle.resources.get("apps", {}).items():
        for item in app["config"].get("env", []):
            if "value_from" not in item and not resolve(bundle, str(item.get("value", ""))):
                yield f"apps.{key}: {item['name']} reaches the app without a value"
            if any(_may_be_empty(bundle, name) for name in _variables_in(item.get("value", ""))):
                yield f"apps.{key}: {item['name']} may be without a value"
        if not all(resolve(bundle, word) for word in app["config"]["command"]):
            yield f"apps.{key}: a word of its command is empty"
    for where, _, task in bundle.tasks():
        for side in ("left", "right"):
            condition = task.get("condition_task", {side: "x"})
            if not resolve(bundle, str(condition[side])):
                yield f"{where}: {side} of its condition is empty"


def _variables_in(text: str) -> list[str]:
    return [path[4:] for path in REFERENCE.findall(str(text)) if path.startswith("var.")]


def _may_be_empty(bundle: Bundle, name: str) -> bool:
    return not bundle.variables[name].get("default")


def owner(bundle: Bundle) -> Iterator[str]:
    """Who deploys to production owns the model, and the jobs read the files in its home."""
    if not in_production(bundle):
        return
    root = bundle.raw["targets"][bundle.target].get("workspace", {}).get("root_path", "")
    home = "/Workspace/Users/${var.service_principal}/"
    if not root.startswith(home) or "${bundle.target}" not in root:
        yield f"target {bundle.target}: root_path is not fixed in the service principal's home"
    for name, job in bundle.jobs.items():
        identity = job.get("run_as", {}).get("service_principal_name")
        if identity != "${var.service_principal}":
            yield f"jobs.{name}: does not run as who owns what it uses in {bundle.target}"


def own_names(bundle: Bundle) -> Iterator[str]:
    """Names of apps are unique in a workspace, and development mode gives them no prefix."""
    for key, app in bundle.resources.get("apps", {}).items():
        name = app["name"]
        for variable in _variables_in(name):
            name = str(bundle.variables[variable].get("default", ""))
        if bundle.raw["targets"][bundle.target]["mode"] == "development" and USER not in name:
            yield f"apps.{key}: two developers would want the name {name!r}"
        longest = name.replace("${bundle.target}", bundle.target).replace(USER, "a" * 20)
        if not re.fullmatch(r"[a-z0-9-]{2,30}", longest):
            yield f"apps.{key}: {name!r} is no name of an app"


def notebooks_only(bundle: Bundle) -> Iterator[str]:
    """Task values are documented for notebooks: elsewhere setting one may do nothing."""
    for where, _, task in bundle.tasks():
        if re.search(r"\{\{\s*tasks\.\w+\.values\.", str(task)):
            yield f"{where}: rests on a task value"
    for path in sorted((bundle.root / "jobs").glob("*.py")):
        if re.search(r"task_?values?\b", path.read_text(encoding="utf-8"), re.IGNORECASE):
            yield f"jobs/{path.name}: sets a task value"


def jobs_of_scripts(bundle: Bundle) -> Iterator[str]:
    used = {
        Path(task["spark_python_task"]["python_file"]).name
        for _, _, task in bundle.tasks()
        if "spark_python_task" in task
    }
    for path in sorted((bundle.root / "jobs").glob("*.py")):
        if path.name not in used:
            yield f"jobs/{path.name}: no job runs it"


def requirements(bundle: Bundle) -> Iterator[str]:
    """The packages that a script's imports need, beyond the wheel's own, in the versions known."""
    known = _extras(bundle.root)
    for where, job, task in bundle.tasks():
        if "spark_python_task" not in task:
            continue
        path = bundle.root / "resources" / task["spark_python_task"]["python_file"]
        given = [
            text
            for item in job["environments"]
            if item["environment_key"] == task["environment_key"]
            for text in item["spec"]["dependencies"]
        ]
        for package in sorted(_needed(path)):
            if not any(re.match(rf"{package}\b", text) for text in given):
                yield f"{where}: its environment lacks {package}"
        for text in given:
            if not text.endswith(".whl") and text.replace("-skinny", "") not in known:
                yield f"{where}: {text!r} is not as pyproject.toml has it"


def _extras(root: Path) -> set[str]:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {text for extra in project["optional-dependencies"].values() for text in extra}


def _needed(script: Path) -> set[str]:
    if not script.is_file():
        return set()
    tree = ast.parse(script.read_text(encoding="utf-8"))
    modules = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return {
        package
        for module in modules
        for part, packages in NEEDS.items()
        if module.startswith(part)
        for package in packages
    }


def dependencies_of(bundle: Bundle, kind: str, key: str) -> set[tuple[str, str]]:
    """A resource and all that it refers to, directly or not, as `deploy --select` takes them."""
    seen: set[tuple[str, str]] = set()
    todo = [(kind, key)]
    while todo:
        found = todo.pop()
        resource: Tree | None = bundle.resources.get(found[0], {}).get(found[1])
        if found in seen or resource is None:
            continue
        seen.add(found)
        paths = [path.split(".") for path in REFERENCE.findall(str(resource))]
        todo += [(path[1], path[2]) for path in paths if path[0] == "resources"]
    return seen


CHECKS: tuple[Callable[[Bundle], Iterator[str]], ...] = (
    sync_patterns,
    chosen_variables,
    cli_version,
    empty_values,
    owner,
    own_names,
    notebooks_only,
    jobs_of_scripts,
    requirements,
)
