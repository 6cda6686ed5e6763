"""Two runs of pytest that share the tests of Spark run each of them once (scripts/tests.py)."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.kits.bundle_checks import load_script
from tests.kits.places import ROOT

# Two files of that folder, and of each what starts no JVM.
FILES = ["tests/spark/test_served_docs.py", "tests/spark/test_engine_spark.py"]
QUICK = [*FILES, "-k", "pages_name or reads_no_environment", "-p", "no:cacheprovider"]


@pytest.mark.slow
@pytest.mark.deep  # each `make test` goes this way itself
def test_what_another_run_claimed_is_passed_over_and_the_rest_is_claimed(tmp_path: Path) -> None:
    (tmp_path / "test_served_docs").mkdir()  # by the other run
    environ = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_XDIST")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *QUICK],
        cwd=ROOT, env=environ | {"TEST_CLAIMS_FOLDER": str(tmp_path)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout
    assert {place.name for place in tmp_path.iterdir()} == {
        "test_served_docs", "test_engine_spark",
    }  # fmt: skip


def test_tests_of_spark_are_where_they_are_looked_for() -> None:
    mark, places = "mark." + "spark", load_script(ROOT / "scripts" / "tests.py").OF_SPARK
    files = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "tests").rglob("test_*.py")
        if mark in path.read_text(encoding="utf-8")
    }
    assert files
    assert [name for name in files if not name.startswith(tuple(f"{p}/" for p in places))] == []
