"""Structural checks of the Databricks bundle: what `databricks bundle validate` lets through.

A check takes the bundle as one target sees it and yields what is wrong, in words.
"""

import importlib.util
import json
import re
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

from lakegloss.settings import Settings

Tree = dict[str, Any]
REFERENCE = re.compile(r"\$\{([^}]*)\}")
DYNAMIC = re.compile(r"\{\{([^}]*)\}\}")
BUILT_IN = {"bundle.name", "bundle.target", "workspace.current_user.domain_friendly_name"}
# What a reference to a resource may ask for beyond what the file says.
MADE_BY_DEPLOY = {"id", "url"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A bundle as one target sees it: everything merged, nothing substituted."""

    root: Path
    target: str
    raw: Tree
    files: dict[str, Tree]
    resources: dict[str, dict[str, Tree]]
    variables: dict[str, Tree]

    @property
    def jobs(self) -> dict[str, Tree]:
        return self.resources.get("jobs", {})

    def tasks(self) -> Iterator[tuple[str, Tree, Tree]]:
        for name, job in self.jobs.items():
            for task in job.get("tasks", []):
                yield f"jobs.{name}.{task.get('task_key', '?')}", job, task


def load_bundle(root: Path, target: str, given: Mapping[str, Any] | None = None) -> Bundle:
    """Read a bundle.

    Args:
        given: variables as the target's override file sets them.
    """
    raw = _read(root / "databricks.yml")
    paths = sorted(path for pattern in raw["include"] for path in root.glob(pattern))
    files = {path.name: _read(path) for path in paths}
    resources: Tree = {}
    for content in files.values():
        resources = merge(resources, content.get("resources", {}))
    chosen = raw["targets"][target] or {}
    variables = deepcopy(raw["variables"])
    for name, value in {**chosen.get("variables", {}), **(given or {})}.items():
        variables.setdefault(name, {})["default"] = value
    return Bundle(
        root=root,
        target=target,
        raw=raw,
        files=files,
        resources=merge(resources, chosen.get("resources", {})),
        variables=variables,
    )


def _read(path: Path) -> Tree:
    # Read some hundred times: by libyaml where it is there, ten times as fast.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    content = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 - both safe
    assert isinstance(content, dict), path
    return content


def merge(base: Tree, over: Tree) -> Tree:
    """Merge as the CLI does: maps by key, lists one after the other, the rest replaced."""
    merged = deepcopy(base)
    for key, value in over.items():
        before = merged.get(key)
        if isinstance(before, dict) and isinstance(value, dict):
            merged[key] = merge(before, value)
        elif isinstance(before, list) and isinstance(value, list):
            merged[key] = before + deepcopy(value)
        else:
            merged[key] = deepcopy(value)
    return merged


def resolve(bundle: Bundle, text: str) -> str:
    """Put the values in place of ${...}; what only the workspace knows becomes a word."""

    def value(match: re.Match[str]) -> str:
        path = match.group(1).split(".")
        if path[0] == "var":
            return resolve(bundle, str(bundle.variables[path[1]].get("default", "")))
        if path[0] == "resources":
            return resolve(bundle, str(bundle.resources[path[1]][path[2]].get(path[3], "x")))
        return bundle.target if path == ["bundle", "target"] else "x"

    return REFERENCE.sub(value, text)


def parameters_of(bundle: Bundle, job: Tree, task: Tree) -> list[str]:
    """A task's parameters as the job gives them when nobody overrides one."""
    defaults = {item["name"]: str(item["default"]) for item in job.get("parameters", [])}

    def value(match: re.Match[str]) -> str:
        name = match.group(1).strip().removeprefix("job.parameters.")
        return resolve(bundle, defaults[name]) if name in defaults else "1"

    given = task["spark_python_task"].get("parameters", [])
    return [DYNAMIC.sub(value, resolve(bundle, text)) for text in given]


def load_script(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"job_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _texts(tree: object, where: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from _texts(value, f"{where}.{key}" if where else str(key))
    elif isinstance(tree, list):
        for number, value in enumerate(tree):
            yield from _texts(value, f"{where}[{number}]")
    elif isinstance(tree, str):
        yield where, tree


def task_keys(bundle: Bundle) -> Iterator[str]:
    for name, job in bundle.jobs.items():
        keys = [task.get("task_key") for task in job["tasks"]]
        if None in keys:
            yield f"jobs.{name}: a task has no task_key"
        for key in {key for key in keys if keys.count(key) > 1}:
            yield f"jobs.{name}: task_key {key!r} is used twice"


def dependencies(bundle: Bundle) -> Iterator[str]:
    for name, job in bundle.jobs.items():
        tasks = {task.get("task_key"): task for task in job["tasks"]}
        for key, task in tasks.items():
            for need in task.get("depends_on", []):
                other = tasks.get(need["task_key"])
                if other is None:
                    yield f"jobs.{name}.{key} depends on an unknown task {need['task_key']!r}"
                elif ("condition_task" in other) != ("outcome" in need):
                    yield f"jobs.{name}.{key}: outcome and condition task do not go together"
                elif need.get("outcome", "true") not in {"true", "false"}:
                    yield f"jobs.{name}.{key}: outcome {need['outcome']!r} is no text true or false"
        for key in tasks:
            if key in upstream(job, str(key)):
                yield f"jobs.{name}.{key} depends on itself"


def upstream(job: Tree, key: str) -> set[str]:
    """The tasks that run before a task, the task itself where it stands in a circle."""
    needs = {
        task.get("task_key"): [need["task_key"] for need in task.get("depends_on", [])]
        for task in job["tasks"]
    }
    seen: set[str] = set()
    todo = list(needs.get(key, []))
    while todo:
        before = todo.pop()
        if before not in seen:
            seen.add(before)
            todo.extend(needs.get(before, []))
    return seen


def environments(bundle: Bundle) -> Iterator[str]:
    for where, job, task in bundle.tasks():
        declared = {item["environment_key"] for item in job.get("environments", [])}
        key = task.get("environment_key")
        if "spark_python_task" in task and key not in declared:
            yield f"{where}: environment_key {key!r} is not declared"
    for name, job in bundle.jobs.items():
        for item in job.get("environments", []):
            spec = item["spec"]
            if int(spec.get("environment_version", "0")) < 4:
                yield f"jobs.{name}: environment_version is older than 4"
            if not any(text.endswith("dist/*.whl") for text in spec["dependencies"]):
                yield f"jobs.{name}: the environment lacks the wheel"


def wheel(bundle: Bundle) -> Iterator[str]:
    for name, artifact in bundle.raw["artifacts"].items():
        if artifact["type"] != "whl" or not (bundle.root / artifact["path"]).is_dir():
            yield f"artifacts.{name}: no wheel, or no folder {artifact['path']!r}"
        if "--wheel-dir dist" not in artifact["build"] or "rm -rf dist" not in artifact["build"]:
            yield f"artifacts.{name}: the build does not leave one wheel in dist"


def references(bundle: Bundle) -> Iterator[str]:
    tree = {"resources": bundle.resources, "bundle": bundle.raw}
    for where, text in _texts(tree):
        for path in REFERENCE.findall(text):
            if not _resolves(bundle, path):
                yield f"{where}: ${{{path}}} does not resolve"


def _resolves(bundle: Bundle, path: str) -> bool:
    kind, *rest = path.split(".")
    if kind == "var":
        return len(rest) == 1 and rest[0] in bundle.variables
    if kind == "resources":
        resource = bundle.resources.get(rest[0], {}).get(rest[1]) if len(rest) == 3 else None
        return resource is not None and (rest[2] in resource or rest[2] in MADE_BY_DEPLOY)
    return path in BUILT_IN


def variables(bundle: Bundle) -> Iterator[str]:
    everything = {"resources": bundle.resources, "targets": bundle.raw["targets"]}
    used = " ".join(text for _, text in _texts(everything))
    for name, variable in bundle.variables.items():
        if name not in bundle.raw["variables"]:
            yield f"target {bundle.target}: there is no variable {name!r}"
        elif not variable.get("description"):
            yield f"variable {name!r} has no description"
        if f"${{var.{name}}}" not in used:
            yield f"variable {name!r} is used nowhere"


def keys_across_kinds(bundle: Bundle) -> Iterator[str]:
    seen: dict[str, str] = {}
    for kind, resources in bundle.resources.items():
        for key in resources:
            if key in seen:
                yield f"key {key!r} is used by {seen[key]} and {kind}"
            seen[key] = kind


def files(bundle: Bundle) -> Iterator[str]:
    for where, _, task in bundle.tasks():
        path = task.get("spark_python_task", {}).get("python_file")
        if path and not (bundle.root / "resources" / path).is_file():
            yield f"{where}: there is no file {path!r}"
    for name, content in bundle.files.items():
        kinds = content.get("resources", {})
        expected = [f"{key}.{kind.rstrip('s')}.yml" for kind in kinds for key in kinds[kind]]
        if expected != [name]:
            yield f"resources/{name} holds {expected}"


def schedules(bundle: Bundle) -> Iterator[str]:
    for name, job in bundle.jobs.items():
        if "schedule" in job:
            expression = resolve(bundle, job["schedule"]["quartz_cron_expression"])
            if not is_quartz(expression):
                yield f"jobs.{name}: {expression!r} is no Quartz cron expression"


def is_quartz(expression: str) -> bool:
    """Whether the text has Quartz's fields: second, minute, hour, day, month, weekday, (year).

    Exactly one of day and weekday is `?`, as Quartz wants it.
    """
    fields = expression.split()
    limits = [(0, 59), (0, 59), (0, 23), (1, 31), (1, 12), (1, 7), (1970, 2099)]
    if len(fields) not in {6, 7} or [fields[3], fields[5]].count("?") != 1:
        return False
    pairs = zip(fields, limits, strict=False)
    return all(_is_quartz_field(field, limit) for field, limit in pairs)


def _is_quartz_field(field: str, limit: tuple[int, int]) -> bool:
    if field in {"*", "?"}:
        return True
    names = r"[A-Z]{3}"
    part = re.compile(rf"(?:\*|\d+|{names})(?:-(?:\d+|{names}))?(?:/\d+)?|\d*L|\d+W|\d#[1-5]")
    for item in field.split(","):
        numbers = [int(text) for text in re.findall(r"\d+", item.partition("/")[0])]
        inside = all(limit[0] <= number <= limit[1] for number in numbers)
        if not part.fullmatch(item) or not inside:
            return False
    return True


def job_parameters(bundle: Bundle) -> Iterator[str]:
    for name, job in bundle.jobs.items():
        declared = {item["name"] for item in job.get("parameters", [])}
        texts = [text for _, text in _texts(job["tasks"])]
        found = {ref.strip() for text in texts for ref in DYNAMIC.findall(text)}
        used = {ref.removeprefix("job.parameters.") for ref in found if "parameters" in ref}
        yield from (f"jobs.{name}: no parameter {item!r}" for item in sorted(used - declared))
        yield from (
            f"jobs.{name}: parameter {item!r} reaches no task" for item in sorted(declared - used)
        )


def bounds(bundle: Bundle) -> Iterator[str]:
    for name, job in bundle.jobs.items():
        if job.get("max_concurrent_runs") != 1 or not job.get("queue", {}).get("enabled"):
            yield f"jobs.{name}: runs are not queued one after the other"
        rules = job.get("health", {}).get("rules", [])
        limit = job.get("timeout_seconds", 0)
        if not any(0 < rule["value"] < limit for rule in rules):
            yield f"jobs.{name}: no health rule speaks before the timeout"
    for where, job, task in bundle.tasks():
        if "condition_task" in task:
            continue
        if not 0 < task.get("timeout_seconds", 0) <= job.get("timeout_seconds", 0):
            yield f"{where}: no timeout, or one beyond the job's"
        if not 0 < task.get("max_retries", 0) <= 3:
            yield f"{where}: max_retries is not 1 to 3"


def identities(bundle: Bundle) -> Iterator[str]:
    target = bundle.raw["targets"][bundle.target]
    if "run_as" in bundle.raw or "run_as" in target:
        yield f"target {bundle.target}: run_as stands on the bundle, not on the jobs"
    if target["mode"] == "production":
        for name, job in bundle.jobs.items():
            if "service_principal_name" not in job.get("run_as", {}):
                yield f"jobs.{name}: runs as a person in target {bundle.target}"
    for where, text in _texts(bundle.raw):
        if where.endswith("host") or re.search(r"https?://", text):
            yield f"{where}: an address of a workspace stands in the bundle"


def names_in_development(bundle: Bundle) -> Iterator[str]:
    """Development mode gives these kinds no prefix of the user's, so two targets would meet."""
    for kind in ("volumes", "secret_scopes", "apps"):
        for key, resource in bundle.resources.get(kind, {}).items():
            own_name = bundle.target in resolve(bundle, resource.get("name", ""))
            prefixed_home = "${resources.schemas." in resource.get("schema_name", "")
            if not (own_name or prefixed_home):
                yield f"{kind}.{key}: its name is the same in two targets"


def grants(bundle: Bundle) -> Iterator[str]:
    if bundle.raw["targets"][bundle.target]["mode"] != "production":
        return
    for kind in ("schemas", "volumes", "registered_models"):
        for key, resource in bundle.resources.get(kind, {}).items():
            principals = {grant["principal"] for grant in resource.get("grants", [])}
            if "${var.service_principal}" not in principals:
                yield f"{kind}.{key}: the job's identity has no rights in {bundle.target}"
            if principals & {"account users", "users"}:
                yield f"{kind}.{key}: everyone could read values of the data"
            if not resource.get("lifecycle", {}).get("prevent_destroy"):
                yield f"{kind}.{key}: a destroy would delete the ledgers in {bundle.target}"


def apps(bundle: Bundle) -> Iterator[str]:
    for key, app in bundle.resources.get("apps", {}).items():
        source = bundle.root / "resources" / app["source_code_path"]
        if not (source / "requirements.txt").is_file():
            yield f"apps.{key}: its folder has no requirements.txt"
        if "$DATABRICKS_APP_PORT" not in " ".join(app["config"]["command"]):
            yield f"apps.{key}: it does not listen where the platform looks"
        for item in app["config"]["env"]:
            name = item["name"].removeprefix("LAKEGLOSS_").lower()
            if item["name"].startswith("LAKEGLOSS_") and name not in Settings.model_fields:
                yield f"apps.{key}: there is no setting {name!r}"
        production = bundle.raw["targets"][bundle.target]["mode"] == "production"
        if production and not app.get("permissions"):
            yield f"apps.{key}: nobody may use it in {bundle.target}"


def _of_entity(name: str, entity: Tree) -> Iterator[str]:
    if entity.get("scale_to_zero_enabled") is not True:
        yield f"{name} costs while nobody asks"
    given = entity.get("environment_vars", {})
    for variable, value in given.items() if isinstance(given, dict) else ():
        if "KEY" in variable and "{{secrets/" not in str(value):
            yield f"{variable} is a secret as it is"


def serving(bundle: Bundle) -> Iterator[str]:
    for key, endpoint in bundle.resources.get("model_serving_endpoints", {}).items():
        entities = {entity["name"]: entity for entity in endpoint["config"]["served_entities"]}
        routes = endpoint["config"]["traffic_config"]["routes"]
        total = 0
        for route in routes:
            if route["served_model_name"] not in entities:
                yield f"endpoint {key}: a route has no entity {route['served_model_name']!r}"
            total += int(resolve(bundle, str(route["traffic_percentage"])))
        if total != 100:
            yield f"endpoint {key}: its traffic sums to {total}"
        for name, entity in entities.items():
            yield from (f"endpoint {key}: {said}" for said in _of_entity(name, entity))
        gateway = endpoint.get("ai_gateway", {})
        if not gateway.get("inference_table_config", {}).get("enabled"):
            yield f"endpoint {key}: no inference table"
        if not gateway.get("rate_limits"):
            yield f"endpoint {key}: no rate limits"
        production = bundle.raw["targets"][bundle.target]["mode"] == "production"
        principals = [p.get("service_principal_name") for p in endpoint.get("permissions", [])]
        if production and "${var.service_principal}" not in principals:
            yield f"endpoint {key}: the jobs' identity may not query it in {bundle.target}"


def dashboards(bundle: Bundle) -> Iterator[str]:
    for key, dashboard in bundle.resources.get("dashboards", {}).items():
        name = f"dashboards.{key}"
        path = bundle.root / "resources" / dashboard["file_path"]
        if not path.is_file():
            yield f"{name}: there is no file {dashboard['file_path']!r}"
            continue
        yield from (f"{name}: {said}" for said in _of_pages(json.loads(path.read_text("utf-8"))))
        if dashboard.get("embed_credentials") is not False:
            yield f"{name}: who looks reads by another one's rights"
        if "${resources.schemas." not in dashboard.get("dataset_schema", ""):
            yield f"{name}: its queries read another schema than the bundle's"
        yield from _for_stewards(bundle, name, dashboard)


def _of_pages(dashboard: Tree) -> Iterator[str]:
    datasets = {dataset["name"] for dataset in dashboard["datasets"]}
    used, names = set(), list[str]()
    for page in dashboard["pages"]:
        cells: set[tuple[int, int]] = set()
        for item in page["layout"]:
            widget, place = item["widget"], item["position"]
            names.append(widget["name"])
            fields = {f["name"] for q in widget["queries"] for f in q["query"]["fields"]}
            used |= {query["query"]["datasetName"] for query in widget["queries"]}
            for field in sorted(set(_shown_fields(widget["spec"]["encodings"])) - fields):
                yield f"widget {widget['name']!r} shows {field!r}, which it does not ask for"
            own = {
                (x, y)
                for x in range(place["x"], place["x"] + place["width"])
                for y in range(place["y"], place["y"] + place["height"])
            }
            if cells & own or any(x > 5 for x, _ in own):
                yield f"widget {widget['name']!r} lies over another one, or outside the page"
            cells |= own
    yield from (f"a widget shows an unknown dataset {name!r}" for name in sorted(used - datasets))
    yield from (f"dataset {name!r} is shown nowhere" for name in sorted(datasets - used))
    yield from (f"two widgets are {name!r}" for name in sorted(set(names)) if names.count(name) > 1)


def _shown_fields(encodings: object) -> Iterator[str]:
    if isinstance(encodings, dict):
        if "fieldName" in encodings:
            yield encodings["fieldName"]
        for value in encodings.values():
            yield from _shown_fields(value)
    elif isinstance(encodings, list):
        for value in encodings:
            yield from _shown_fields(value)


def _for_stewards(bundle: Bundle, name: str, resource: Tree) -> Iterator[str]:
    production = bundle.raw["targets"][bundle.target]["mode"] == "production"
    groups = {permission.get("group_name") for permission in resource.get("permissions", [])}
    if production and "${var.stewards}" not in groups:
        yield f"{name}: nobody may look at it in {bundle.target}"


def alerts(bundle: Bundle) -> Iterator[str]:
    for key, alert in bundle.resources.get("alerts", {}).items():
        name, evaluation = f"alerts.{key}", alert["evaluation"]
        if f"AS {evaluation['source']['name']} " not in alert["query_text"]:
            yield f"{name}: its query has no column {evaluation['source']['name']!r}"
        if evaluation.get("empty_result_state") == "OK":
            yield f"{name}: no data counts as a recovery"
        if not is_quartz(alert["schedule"]["quartz_cron_schedule"]):
            yield f"{name}: its schedule is no Quartz cron expression"
        if alert["schedule"].get("pause_status") != "PAUSED":
            yield f"{name}: it starts a warehouse before anybody wants it"
        production = bundle.raw["targets"][bundle.target]["mode"] == "production"
        if production and "service_principal_name" not in alert.get("run_as", {}):
            yield f"{name}: runs as a person in target {bundle.target}"
        yield from _for_stewards(bundle, name, alert)


CHECKS: tuple[Callable[[Bundle], Iterator[str]], ...] = (
    task_keys,
    dependencies,
    environments,
    wheel,
    references,
    variables,
    keys_across_kinds,
    files,
    schedules,
    job_parameters,
    bounds,
    identities,
    names_in_development,
    grants,
    apps,
    serving,
    dashboards,
    alerts,
)
