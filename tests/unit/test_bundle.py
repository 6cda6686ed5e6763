"""The Databricks bundle holds together, and each check is seen to fail on a broken copy."""

import ast
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from lakegloss.cli import workflow
from lakegloss.cli.main import app as app_of_cli
from lakegloss.errors import LakeglossError, SettingsError
from lakegloss.settings import load_settings, patterns_in
from tests.kits import bundle_checks
from tests.kits.bundle_checks import Bundle, load_bundle, load_script, parameters_of, resolve
from tests.kits.places import ROOT

TARGETS = ("dev", "staging", "prod")
GIVEN = {"catalog": "lake", "tables": "lake.sales.*"}
"""What somebody sets in the target's override file."""
SCRIPTS = sorted((ROOT / "jobs").glob("*.py"))
JOB = "resources/describe.job.yml"
VOLUME = "resources/journal.volume.yml"
APP = "resources/service.app.yml"
DASHBOARD, PAGES = "resources/production.dashboard.yml", "resources/production.lvdash.json"
ALERT = "resources/alerts_on.alert.yml"
ENDPOINT = "resources/comments.model_serving_endpoint.yml"


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("check", bundle_checks.CHECKS, ids=lambda check: check.__name__)
def test_bundle_is_sound(check: Callable[[Bundle], Iterator[str]], target: str) -> None:
    assert list(check(load_bundle(ROOT, target))) == []


SEEDED = [
    ("task_keys", JOB, "task_key: apply\n          depends", "task_key: report\n          depends",
     "'report' is used twice"),
    ("task_keys", JOB, "- task_key: apply\n          depends_on", "- depends_on", "no task_key"),
    ("dependencies", JOB, "- task_key: describe\n            - task_key: apply",
     "- task_key: nosuch\n            - task_key: apply", "unknown task 'nosuch'"),
    ("dependencies", JOB, "- task_key: describe\n          environment_key",
     "- task_key: describe\n          depends_on: [{task_key: report}]\n          environment_key",
     "depends on itself"),
    ("dependencies", JOB, 'no_review_is_wanted\n              outcome: "true"',
     "no_review_is_wanted", "do not go together"),
    ("dependencies", JOB, 'outcome: "true"', 'outcome: "yes"', "no text true or false"),
    ("dependencies", JOB, 'outcome: "true"', "outcome: true", "no text true or false"),
    ("environments", JOB, "- environment_key: lakegloss", "- environment_key: other",
     "'lakegloss' is not declared"),
    ("environments", JOB, 'environment_version: "4"', 'environment_version: "2"', "older than 4"),
    ("environments", JOB, "- ../dist/*.whl", "- pyyaml", "lacks the wheel"),
    ("wheel", "databricks.yml", "rm -rf dist && ", "", "one wheel in dist"),
    ("wheel", "databricks.yml", "path: .\n", "path: nosuch\n", "no folder 'nosuch'"),
    ("references", JOB, "${var.tables}", "${var.tabels}", "${var.tabels} does not resolve"),
    ("references", JOB, "${resources.volumes.journal.name}", "${resources.volumes.jurnal.name}",
     "does not resolve"),
    ("references", VOLUME, "${resources.schemas.gloss.name}", "${resources.schemas.gloss.nam}",
     "does not resolve"),
    ("references", JOB, "${bundle.target}", "${bundle.traget}", "does not resolve"),
    ("variables", "databricks.yml",
     "    description: Schema of lakegloss' own tables; the bundle makes it\n", "",
     "'schema' has no description"),
    ("variables", JOB, "default: ${var.policy}", "default: missing", "'policy' is used nowhere"),
    ("variables", "databricks.yml", "schema: lakegloss_staging", "shcema: lakegloss_staging",
     "no variable 'shcema'"),
    ("keys_across_kinds", VOLUME, "    journal:\n", "    gloss:\n", "'gloss' is used by"),
    ("files", JOB, "../jobs/apply.py", "../jobs/aply.py", "no file '../jobs/aply.py'"),
    ("files", VOLUME, "    journal:\n", "    other:\n", "holds ['other.volume.yml']"),
    ("schedules", "databricks.yml", "default: 0 0 4 * * ?", "default: 0 4 * * *", "no Quartz"),
    ("schedules", "databricks.yml", "default: 0 0 4 * * ?", "default: 0 0 44 * * ?", "no Quartz"),
    ("schedules", "databricks.yml", "default: 0 0 4 * * ?", "default: 0 0 4 * * *", "no Quartz"),
    ("job_parameters", JOB, "{{job.parameters.policy}}", "{{job.parameters.polcy}}",
     "no parameter 'polcy'"),
    ("job_parameters", JOB, "              - --values={{job.parameters.values}}\n", "",
     "'values' reaches no task"),
    ("bounds", JOB, "max_concurrent_runs: 1", "max_concurrent_runs: 4", "one after the other"),
    ("bounds", JOB, "value: 14400", "value: 90000", "no health rule"),
    ("bounds", JOB, "timeout_seconds: 7200", "timeout_seconds: 72000", "beyond the job's"),
    ("bounds", JOB, "max_retries: 2", "max_retries: 0", "max_retries"),
    ("identities", "databricks.yml", "    mode: production\n",
     "    mode: production\n    run_as: {user_name: someone}\n", "stands on the bundle"),
    ("identities", "databricks.yml", "  service_principal_name:", "  user_name:",
     "runs as a person"),
    ("identities", "databricks.yml", "    workspace: &home_of_the_service_principal\n",
     "    workspace: &home_of_the_service_principal\n      host: example.cloud\n", "an address"),
    ("names_in_development", VOLUME, "schema_name: ${resources.schemas.gloss.name}",
     "schema_name: lakegloss", "the same in two targets"),
    ("grants", "databricks.yml", "principal: ${var.service_principal}", "principal: someone",
     "no rights"),
    ("grants", "databricks.yml", "principal: ${var.stewards}", "principal: account users",
     "everyone could read"),
    ("grants", "databricks.yml", "prevent_destroy: true", "prevent_destroy: false", "destroy"),
    ("names_in_development", APP, "${var.app_name}", "lakegloss", "the same in two"),
    ("serving", ENDPOINT, "            - served_model_name: challenger\n",
     "            - served_model_name: nosuch\n", "no entity 'nosuch'"),
    ("serving", "databricks.yml", 'default: "100"', 'default: "90"', "sums to 90"),
    ("serving", ENDPOINT, "scale_to_zero_enabled: true", "scale_to_zero_enabled: false",
     "costs while nobody asks"),
    ("serving", ENDPOINT, "enabled: true\n          catalog", "enabled: false\n          catalog",
     "no inference table"),
    ("serving", ENDPOINT, "environment_vars: ${var.serving_environment}",
     "environment_vars: {LAKEGLOSS_API_KEY: plain}", "a secret as it is"),
    ("serving", "databricks.yml", """\
            - service_principal_name: ${var.service_principal}
              level: CAN_QUERY
""", "", "may not query"),
    ("apps", APP, "source_code_path: ..", "source_code_path: .", "no requirements.txt"),
    ("apps", APP, "$DATABRICKS_APP_PORT", "8000", "does not listen"),
    ("apps", APP, "LAKEGLOSS_SERVE_DRAIN", "LAKEGLOSS_SERVE_DRIAN", "no setting 'serve_drian'"),
    ("apps", "databricks.yml", """\
          permissions:
            - group_name: ${var.stewards}
              level: CAN_USE
""", "          budget_policy_id: x\n", "nobody may use it"),
    ("dashboards", DASHBOARD, "./production.lvdash", "./produktion.lvdash", "there is no file"),
    ("dashboards", DASHBOARD, "embed_credentials: false", "embed_credentials: true", "rights"),
    ("dashboards", DASHBOARD, "${resources.schemas.gloss.name}", "lakegloss", "another schema"),
    ("dashboards", PAGES, '"datasetName": "waiting"', '"datasetName": "wating"',
     "an unknown dataset 'wating'"),
    ("dashboards", PAGES, '"fieldName": "quality"', '"fieldName": "qualty"', "shows 'qualty'"),
    ("dashboards", PAGES, '"x": 4,', '"x": 3,', "lies over another one"),
    ("dashboards", PAGES, '"name": "alerts_number"', '"name": "waiting_number"', "two widgets are"),
    ("dashboards", "databricks.yml", """\
            - group_name: ${var.stewards}
              level: CAN_READ
      alerts:
""", "            - group_name: nobody\n              level: CAN_READ\n      alerts:\n",
     "nobody may look"),
    ("alerts", ALERT, "name: alerts_on\n", "name: alert_on\n", "no column 'alert_on'"),
    ("alerts", ALERT, "empty_result_state: UNKNOWN", "empty_result_state: OK", "a recovery"),
    ("alerts", ALERT, "0 15 * * * ?", "15 * * * *", "no Quartz"),
    ("alerts", ALERT, "pause_status: PAUSED", "pause_status: UNPAUSED", "starts a warehouse"),
    ("alerts", "databricks.yml", "alerts_on:\n          run_as:\n            service_principal_n",
     "alerts_on:\n          run_as:\n            user_n", "runs as a person"),
]  # fmt: skip


@pytest.fixture
def copy_of_bundle(tmp_path: Path) -> Path:
    for name in ("databricks.yml", "requirements.txt", "resources", "jobs"):
        source = ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, tmp_path / name)
    return tmp_path


@pytest.mark.parametrize(
    ("check", "file", "old", "new", "message"),
    SEEDED,
    ids=[f"{seed[0]}-{number}" for number, seed in enumerate(SEEDED)],
)
def test_check_sees_a_seeded_mistake(
    copy_of_bundle: Path, check: str, file: str, old: str, new: str, message: str
) -> None:
    text = (copy_of_bundle / file).read_text(encoding="utf-8")
    assert old in text, "the seed does not fit the file any more"
    (copy_of_bundle / file).write_text(text.replace(old, new), encoding="utf-8")
    run_check = getattr(bundle_checks, check)
    problems = [p for t in TARGETS for p in run_check(load_bundle(copy_of_bundle, t))]
    assert any(message in problem for problem in problems), problems


def test_every_check_has_a_seeded_mistake() -> None:
    assert {check.__name__ for check in bundle_checks.CHECKS} == {seed[0] for seed in SEEDED}


def _parse(bundle: Bundle) -> None:
    """Parse each resource with the strict classes that Databricks publishes."""
    pytest.importorskip("databricks.bundles", reason="databricks-bundles is not installed")
    from databricks.bundles.alerts import Alert
    from databricks.bundles.apps import App
    from databricks.bundles.dashboards import Dashboard
    from databricks.bundles.experiments import MlflowExperiment
    from databricks.bundles.jobs import Job
    from databricks.bundles.model_serving_endpoints import ModelServingEndpoint
    from databricks.bundles.registered_models import RegisteredModel
    from databricks.bundles.schemas import Schema
    from databricks.bundles.volumes import Volume

    classes: dict[str, Any] = {
        "alerts": Alert,
        "apps": App,
        "dashboards": Dashboard,
        "experiments": MlflowExperiment,
        "jobs": Job,
        "model_serving_endpoints": ModelServingEndpoint,
        "registered_models": RegisteredModel,
        "schemas": Schema,
        "volumes": Volume,
    }
    for kind, resources in bundle.resources.items():
        for resource in resources.values():
            classes[kind].from_dict(resource)


@pytest.mark.parametrize("target", TARGETS)
def test_resources_parse_strictly(target: str) -> None:
    _parse(load_bundle(ROOT, target))


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        pytest.param(JOB, "max_concurrent_runs", "max_concurent_runs", id="unknown-field"),
        pytest.param(JOB, "timeout_seconds: 28800", "timeout_seconds: lots", id="no-number"),
        pytest.param(JOB, "op: EQUAL_TO", "op: MORE", id="bad-enum"),
        pytest.param(JOB, "task_key: apply\n          depends_on", "depends_on", id="no-task-key"),
        pytest.param(VOLUME, "volume_type: MANAGED", "volume_type: MANAGD", id="bad-volume-type"),
        pytest.param(APP, "command:", "comand:", id="unknown-field-of-an-app"),
        pytest.param(DASHBOARD, "display_name", "displayname", id="unknown-field-of-a-dashboard"),
        pytest.param(ALERT, "GREATER_THAN", "MORE_THAN", id="no-such-comparison"),
        pytest.param("databricks.yml", "[READ_VOLUME]", "[READ_VOLUMES]", id="bad-privilege"),
    ],
)  # fmt: skip
def test_strict_parsing_sees_a_seeded_mistake(
    copy_of_bundle: Path, file: str, old: str, new: str
) -> None:
    text = (copy_of_bundle / file).read_text(encoding="utf-8")
    assert old in text, "the seed does not fit the file any more"
    (copy_of_bundle / file).write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises((ValueError, TypeError)):
        _parse(load_bundle(copy_of_bundle, "prod"))


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_scripts_are_short_and_say_what_they_do(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 60
    assert ast.get_docstring(ast.parse(text))


@pytest.mark.parametrize("target", TARGETS)
def test_scripts_take_what_the_bundle_gives(target: str) -> None:
    """The defaults of the bundle are settings that lakegloss accepts."""
    bundle = load_bundle(ROOT, target, GIVEN)
    read = {}
    for where, job, task in bundle.tasks():
        if "spark_python_task" in task:
            script = load_script(ROOT / "resources" / task["spark_python_task"]["python_file"])
            read[where] = workflow.read(
                script.parser, parameters_of(bundle, job, task), needs_tables="describe" in where
            )
    assert set(read) == {
        "jobs.describe.describe", "jobs.describe.apply", "jobs.describe.report",
        "jobs.register.register", "jobs.install_functions.install_functions", "jobs.carry.carry",
        "jobs.evaluate.evaluate", "jobs.optimize.optimize", "jobs.rollout.rollout",
        "jobs.monitor.monitor",
        "jobs.collect_examples.collect_examples",
        "jobs.label.label",
    }  # fmt: skip
    served = read["jobs.install_functions.install_functions"].settings.served_model
    assert served.startswith("lakegloss-comments-")
    name = read["jobs.register.register"].parameters.name
    assert name == f"lake.{read['jobs.register.register'].settings.schema_name}.comment"
    settings = read["jobs.describe.describe"].settings
    assert settings.schema_name == ("lakegloss_staging" if target == "staging" else "lakegloss")
    assert str(settings.journal_folder) == f"/Volumes/lake/{settings.schema_name}/journal/answers"
    assert {task.settings.schema_name for task in read.values()} == {settings.schema_name}


@pytest.mark.parametrize("program", ["", "lake.lakegloss.comment@champion"])
@pytest.mark.parametrize("target", TARGETS)
def test_the_app_runs_with_what_the_bundle_gives(target: str, program: str, tmp_path: Path) -> None:
    """The command is run, with a program in place of lakegloss that writes its words down."""
    bundle = load_bundle(ROOT, target, {**GIVEN, "program": program})
    config = bundle.resources["apps"]["service"]["config"]
    stand_in = tmp_path / "lakegloss"
    stand_in.write_text(f"#!/bin/sh\nprintf '%s\\n' \"$@\" > {tmp_path}/words\n", encoding="utf-8")
    stand_in.chmod(0o755)
    environ = {i["name"]: resolve(bundle, i["value"]) for i in config["env"]}
    subprocess.run(
        [resolve(bundle, word) for word in config["command"]],
        check=True,
        env={**environ, "DATABRICKS_APP_PORT": "8000", "PATH": f"{tmp_path}:/usr/bin:/bin"},
    )
    words = (tmp_path / "words").read_text(encoding="utf-8").splitlines()
    assert words[:5] == ["serve", "--host", "0.0.0.0", "--port", "8000"]  # noqa: S104 - the app's
    usage = CliRunner().invoke(app_of_cli, [*words, "--help"])
    assert usage.exit_code == 0
    sets = dict(word.removeprefix("--set=").split("=", 1) for word in words[5:])
    settings = load_settings(environ=environ, **sets)
    assert settings.serve_callers == "databricks"
    assert (settings.model, settings.endpoint, settings.program) == ("", "databricks", program)


def test_scripts_refuse_an_unknown_parameter() -> None:
    script = load_script(ROOT / "jobs" / "describe.py")
    with pytest.raises(SystemExit):
        workflow.read(script.parser, ["--tables=a.b", "--polcy=all"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("main.a.*, main.b.c", ("main.a.*", "main.b.c"), id="two"),
        pytest.param("a.`b,c`,d", ("a.`b,c`", "d"), id="a-comma-in-a-name"),
        pytest.param(" , ", (), id="nothing"),
    ],
)
def test_table_patterns(text: str, expected: tuple[str, ...]) -> None:
    assert patterns_in(text) == expected


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param([], "'tables' is empty", id="no-tables"),
        pytest.param(["--tables=a", "--policy=some"], "policy", id="bad-value"),
        pytest.param(["--tables=a", "--api_key_secret=nokey"], "'nokey'", id="malformed-secret"),
        pytest.param(["--tables=a", "--api_key_secret=a/b"], "'a/b'", id="no-secret-store"),
    ],
)
def test_bad_parameters_are_named(
    arguments: list[str], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABRICKS_RUNTIME_VERSION", raising=False)
    with pytest.raises(SettingsError, match=message):
        workflow.read(workflow.parser("x"), arguments)


def test_empty_parameters_leave_settings_alone() -> None:
    task = workflow.read(workflow.parser("x"), ["--tables=a", "--policy=", "--max_tokens_total="])
    assert task.settings.policy == "missing"
    assert task.settings.max_tokens_total is None


def test_no_secret_is_a_parameter() -> None:
    parameters = vars(workflow.parser("x").parse_args(["--tables=a"]))
    assert "api_key" not in parameters
    assert "policy" in parameters


def test_an_intended_error_ends_a_task_with_its_message() -> None:
    def fails(_: object) -> None:
        raise LakeglossError("It is broken.", remedy="Mend it.")

    with pytest.raises(SystemExit) as ended:
        workflow.run(fails, [])
    assert ended.value.code == "It is broken. Mend it."


def test_a_task_that_worked_returns() -> None:
    seen: list[object] = []
    workflow.run(seen.append, ["--x"])
    assert seen == [["--x"]]


def test_the_log_shows_what_hides_in_a_name(capsys: pytest.CaptureFixture[str]) -> None:
    def tells(_: object) -> None:
        workflow.logger.warning("%s could not be read", "sales.\x1b[2J\u202eorders")

    workflow.logger.handlers.clear()
    workflow.run(tells, [])
    workflow.logger.handlers.clear()
    assert r"sales.\x1b[2J\u202eorders could not be read" in capsys.readouterr().err


def test_carry_finds_no_database_on_the_platform(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABRICKS_RUNTIME_VERSION", "client.4.0")
    script = load_script(ROOT / "jobs" / "carry.py")
    with pytest.raises(SettingsError, match="serve_database_secret"):
        script.main(["--catalog=lake", "--schema_name=gloss", "--serve_database_secret="])
