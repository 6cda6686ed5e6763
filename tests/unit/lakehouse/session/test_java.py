"""Java is found by its version, and a missing one is named with a remedy."""

from pathlib import Path

import pytest

from lakegloss.errors import EnvironmentNotReadyError
from lakegloss.lakehouse.session import java
from tests.kits.fake_java import fake_java


@pytest.fixture
def no_other_java(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide the Java of this machine's usual folders."""
    monkeypatch.setattr(java, "_USUAL_FOLDERS", ())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param('openjdk version "17.0.15" 2025-04-15', 17, id="17"),
        pytest.param('java version "1.8.0_392"', 8, id="8-by-its-old-name"),
        pytest.param('openjdk version "21" 2023-09-19', 21, id="a-first-release"),
        pytest.param('openjdk version "25-ea" 2025-09-16', 25, id="early-access"),
        pytest.param("Error: could not find libjava.so", None, id="no-java"),
    ],
)
def test_java_version(text: str, expected: int | None) -> None:
    assert java.java_version(text) == expected


@pytest.mark.usefixtures("no_other_java")
@pytest.mark.parametrize("version", ["11.0.2", "25"], ids=["too-old", "too-new"])
def test_a_java_home_that_does_not_fit_gives_way(tmp_path: Path, version: str) -> None:
    old = fake_java(tmp_path / "old", version)
    new = fake_java(tmp_path / "new", "21.0.2")
    environ = {"JAVA_HOME": str(old.parent.parent), "PATH": str(new.parent)}
    found = java.find_java(environ)
    assert found == java.JavaInfo(path=new, home=new.parent.parent, version=21)


@pytest.mark.usefixtures("no_other_java")
@pytest.mark.parametrize(
    ("version", "message"),
    [
        pytest.param(None, "none was found", id="none"),
        pytest.param("11.0.2", "is Java 11", id="too-old"),
        pytest.param("25.0.1", "is Java 25", id="too-new"),
    ],
)
def test_missing_java_is_named_with_a_remedy(
    tmp_path: Path, version: str | None, message: str
) -> None:
    path = str(fake_java(tmp_path / "jdk", version).parent) if version else str(tmp_path)
    with pytest.raises(EnvironmentNotReadyError, match=message) as raised:
        java.require_java({"PATH": path})
    assert "JAVA_HOME" in raised.value.remedy


def test_a_link_to_java_leads_to_its_home(tmp_path: Path) -> None:
    made = fake_java(tmp_path / "jdk", "17.0.1")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "java").symlink_to(made)
    found = java.find_java({"PATH": str(tmp_path / "bin")})
    assert found is not None
    assert found.home == made.parent.parent
