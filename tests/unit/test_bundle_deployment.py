"""The bundle is deployed as docs/databricks.md says, from a fresh clone, by those who may."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.kits import bundle_deployment
from tests.kits.bundle_checks import Bundle, load_bundle
from tests.kits.bundle_commands import command_problems
from tests.kits.bundle_deployment import dependencies_of
from tests.kits.places import ROOT

TARGETS = ("dev", "staging", "prod")
YML, PAGE, GIT = "databricks.yml", "docs/databricks.md", ".gitignore"
JOB, APP = "resources/describe.job.yml", "resources/service.app.yml"
CARRY, REGISTER = "resources/carry.job.yml", "resources/register.job.yml"


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("check", bundle_deployment.CHECKS, ids=lambda check: check.__name__)
def test_the_bundle_can_be_deployed(check: Callable[[Bundle], Iterator[str]], target: str) -> None:
    assert list(check(load_bundle(ROOT, target))) == []


def test_the_documented_commands_work_in_their_order() -> None:
    assert command_problems(ROOT) == []


SEEDED = [
    ("sync_patterns", YML, "    - tests/**\n", "    - tests/**\n    - .venv/**\n", "'.venv/**'"),
    ("sync_patterns", YML, "- tests/**", "- test/**", "'test/**' matches nothing"),
    ("sync_patterns", GIT, ".venv/\n", ".venv/\ntests/\n", "'tests/**' matches nothing"),
    ("chosen_variables", YML, "lakegloss' own tables; it must exist\n",
     "lakegloss' own tables; it must exist\n    default: lake\n", "'catalog' has a default"),
    ("chosen_variables", YML, "(sales.orders.*, crm.core.customers)\n",
     "(sales.orders.*, crm.core.customers)\n    default: samples.nyctaxi.*\n", "a catalog for a"),
    ("chosen_variables", YML, "    description: Group (", "    default: u\n    description: G (",
     "'stewards' has a default in prod"),
    ("chosen_variables", YML, "      stewards: only-in-staging-and-prod\n", "",
     "'stewards' has no value in target dev"),
    ("cli_version", YML, '  databricks_cli_version: ">= 1.2.0"\n', "", "needs 1.2"),
    ("cli_version", YML, ">= 1.2.0", ">= 0.279.0", "needs 1.2"),
    ("cli_version", YML, "  engine: direct\n", "", "needs the direct one"),
    ("empty_values", APP, "        env:\n",
     "        env:\n          - name: LAKEGLOSS_MODEL\n            value: ${var.model}\n",
     "LAKEGLOSS_MODEL reaches the app without a value"),
    ("empty_values", APP, "        env:\n",
     "        env:\n          - name: LAKEGLOSS_PROGRAM\n            value: x${var.program}\n",
     "LAKEGLOSS_PROGRAM may be without"),
    ("empty_values", APP, "--set=model=${var.model}", "${var.model}", "a word of its command"),
    ("empty_values", JOB, "right: automatic", 'right: ""', "right of its condition is empty"),
    ("owner", YML, "/Users/${var.service_principal}/", "/Users/${workspace.current_user.userName}/",
     "not fixed in the service principal's home"),
    ("owner", YML, "workspace: *home_of_the_service_principal", "workspace: {}",
     "target prod: root_path"),
    ("owner", YML, "service_principal_name: ${var.service_principal}",
     "service_principal_name: ${var.stewards}", "does not run as who owns"),
    ("own_names", YML, "${workspace.current_user.domain_friendly_name}", "me", "two developers"),
    ("own_names", YML, "app_name: gloss-", "app_name: lakegloss-comments-", "no name of an app"),
    ("own_names", YML, "default: lakegloss-${bundle.target}", "default: Gloss_${bundle.target}",
     "no name of an app"),
    ("notebooks_only", JOB, "{{job.parameters.apply_mode}}", "{{tasks.describe.values.mode}}",
     "rests on a task value"),
    ("notebooks_only", "jobs/describe.py", "    workflow.logger.info(",
     "    dbutils.jobs.taskValues.set(key='ready', value=1)\n    workflow.logger.info(",
     "sets a task value"),
    ("jobs_of_scripts", CARRY, "../jobs/carry.py", "../jobs/report.py", "jobs/carry.py: no job"),
    ("requirements", CARRY, "              - sqlalchemy>=2.0\n", "", "lacks sqlalchemy"),
    ("requirements", CARRY, "sqlalchemy>=2.0", "sqlalchemy>=1.4", "not as pyproject.toml"),
    ("requirements", REGISTER, "              - mlflow>=3.17,<4\n", "", "lacks mlflow"),
]  # fmt: skip


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """What a clone has of the bundle."""
    for name in (YML, GIT, "pyproject.toml", "resources", "jobs", PAGE):
        source = ROOT / name
        (tmp_path / name).parent.mkdir(exist_ok=True)
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, tmp_path / name)
    for name in ("tests", "benchmarks", ".venv/lib"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "a.py").touch()
    return tmp_path


def seed(root: Path, file: str, old: str, new: str) -> None:
    text = (root / file).read_text(encoding="utf-8")
    assert old in text, "the seed does not fit the file any more"
    (root / file).write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    ("check", "file", "old", "new", "message"),
    SEEDED,
    ids=[f"{item[0]}-{number}" for number, item in enumerate(SEEDED)],
)
def test_a_check_sees_a_seeded_mistake(
    clone: Path, check: str, file: str, old: str, new: str, message: str
) -> None:
    seed(clone, file, old, new)
    run_check = getattr(bundle_deployment, check)
    problems = [p for t in TARGETS for p in run_check(load_bundle(clone, t))]
    assert any(message in problem for problem in problems), problems


def test_every_check_has_a_seeded_mistake() -> None:
    assert {check.__name__ for check in bundle_deployment.CHECKS} == {item[0] for item in SEEDED}


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        pytest.param(PAGE, "deploy --select jobs.describe --select jobs.register", "deploy",
                     "version 1 of champion is not registered", id="all-at-once"),
        pytest.param(PAGE, "--select jobs.describe", "--select jobs.install_functions",
                     "version 1 of champion is not registered", id="drags-the-endpoint-along"),
        pytest.param(PAGE, "--select jobs.describe", "--select jobs.descrbe",
                     "no resource 'jobs.descrbe'", id="unknown-select"),
        pytest.param(PAGE, "run describe\n", "run descrbe\n", "no job or app 'descrbe'",
                     id="unknown-job"),
        pytest.param(PAGE, "databricks bundle run register --params alias=champion\n"
                     "databricks bundle deploy\ndatabricks bundle run install_functions",
                     "databricks bundle run install_functions", "install_functions is not deployed",
                     id="run-before-deploy"),
        pytest.param(PAGE, "--params apply_mode=", "--params mode=", "no parameter 'mode'",
                     id="unknown-parameter"),
        pytest.param(PAGE, "-t prod", "-t production", "no target 'production'",
                     id="unknown-target"),
        pytest.param(PAGE, '"challenger_version": "2", ', '"challenger": "2", ',
                     "no variable 'challenger'", id="unknown-variable"),
        pytest.param(PAGE, '"challenger_version": "2", ', '"challenger_version": "3", ',
                     "version 3 of challenger is not", id="a-version-too-far"),
        pytest.param(PAGE, '"champion_traffic": "90"', '"champion_traffic": "80"', "sums to 90",
                     id="traffic"),
        pytest.param(PAGE, '{"catalog": "<catalog>", "tables"', '{"tables"',
                     "['catalog'] have no value", id="a-required-variable"),
        pytest.param(PAGE, ' "service_principal": "<application id>", "stewards": "<group>"}',
                     ' "stewards": "<group>"}', "['service_principal'] have no value",
                     id="nobody-to-deploy-as"),
        pytest.param(PAGE, "validate --strict\n", "validate\n", "without --strict", id="strict"),
        pytest.param(PAGE, "databricks bundle deploy\n",
                     "databricks bundle deploy --var model=m\n", "is forgotten", id="var"),
        pytest.param(PAGE, "bundle run carry", "bundle start carry", "no command 'start'",
                     id="unknown-command"),
        pytest.param(PAGE, "bundle run carry", "bundle run carry --now", "not understood",
                     id="unknown-flag"),
        pytest.param(PAGE, '{"notify":', '{"notfy":', "no variable 'notfy'", id="json-block"),
        pytest.param(REGISTER, "- name: alias", "- name: as", "no parameter 'alias'",
                     id="a-parameter-that-went"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_commands_is_seen(
    clone: Path, file: str, old: str, new: str, message: str
) -> None:
    seed(clone, file, old, new)
    problems = command_problems(clone)
    assert any(message in problem for problem in problems), problems


def test_the_first_deployment_brings_what_its_jobs_use() -> None:
    bundle = load_bundle(ROOT, "dev")
    made = {
        f"{kind}.{key}"
        for job in ("describe", "register")
        for kind, key in dependencies_of(bundle, "jobs", job)
    }
    assert made == {
        "jobs.describe", "jobs.register", "schemas.gloss", "volumes.journal",
        "registered_models.comment_program", "experiments.programs",
    }  # fmt: skip
