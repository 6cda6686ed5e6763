"""Delta's jars are taken only whole."""

import fcntl
import threading
from pathlib import Path

import pytest

from lakegloss.errors import EnvironmentNotReadyError
from lakegloss.lakehouse.session import jars
from lakegloss.lakehouse.session.java import JavaInfo
from tests.kits.fake_java import fake_java


@pytest.fixture
def small_jars(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Jars of three bytes, in a folder of their own; a Java that is new enough."""
    digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    few = tuple(jars.Jar(artifact=name, size=3, sha256=digest) for name in ("one", "two"))
    monkeypatch.setattr(jars, "JARS", few)
    folder = tmp_path / "cache" / "jars"
    monkeypatch.setenv("LAKEGLOSS_JARS", str(folder))
    monkeypatch.setenv("JAVA_HOME", str(fake_java(tmp_path / "jdk", "17.0.1").parent.parent))
    return folder


def resolver(content: bytes, calls: list[Path]) -> object:
    def resolve(work: Path, java: JavaInfo) -> None:
        assert java.suitable
        calls.append(work)
        (work / "ivy" / "jars").mkdir(parents=True)
        for jar in jars.JARS:
            (work / "ivy" / "jars" / f"io.delta_{jar.file_name}").write_bytes(content)

    return resolve


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        pytest.param({"LAKEGLOSS_JARS": "/x/y"}, "/x/y", id="the-folder-itself"),
        pytest.param(
            {"XDG_CACHE_HOME": "/c"}, f"/c/lakegloss/jars/{jars.DELTA_VERSION}", id="the-cache"
        ),
        pytest.param(
            {}, f"{Path.home()}/.cache/lakegloss/jars/{jars.DELTA_VERSION}", id="the-home"
        ),
    ],
)
def test_jars_folder(environ: dict[str, str], expected: str) -> None:
    assert jars.jars_folder(environ) == Path(expected)


def test_jars_are_fetched_once(small_jars: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[Path] = []
    said: list[str] = []
    monkeypatch.setattr(jars, "_resolve", resolver(b"abc", calls))
    assert jars.jars_present() is None
    first = jars.ensure_jars(said.append)
    second = jars.ensure_jars(said.append)
    assert first == second == jars.jars_present()
    assert first == [small_jars / jar.file_name for jar in jars.JARS]
    assert len(calls) == len(said) == 1
    assert not calls[0].exists()


def test_a_torn_jar_is_fetched_anew(small_jars: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[Path] = []
    monkeypatch.setattr(jars, "_resolve", resolver(b"abc", calls))
    (path, *_) = jars.ensure_jars()
    path.write_bytes(b"ab")
    assert jars.jars_present() is None
    jars.ensure_jars()
    assert path.read_bytes() == b"abc"
    assert len(calls) == 2


def test_another_content_is_refused(small_jars: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jars, "_resolve", resolver(b"abd", []))
    with pytest.raises(EnvironmentNotReadyError, match=r"torn.*not the one.*published") as raised:
        jars.ensure_jars()
    assert str(small_jars) in raised.value.remedy
    assert not list(small_jars.parent.glob("**/*.jar"))


def test_what_did_not_come_is_named(small_jars: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jars, "_resolve", lambda *_: None)
    with pytest.raises(EnvironmentNotReadyError, match=r"'one-4\.4\.0\.jar' did not come"):
        jars.ensure_jars()
    assert jars.jars_present() is None


def test_a_second_caller_waits_and_fetches_nothing(
    small_jars: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[Path] = []
    waiting = threading.Event()
    monkeypatch.setattr(jars, "_resolve", resolver(b"abc", calls))
    small_jars.mkdir(parents=True)
    result: list[list[Path]] = []

    def second() -> None:
        result.append(jars.ensure_jars(lambda _: waiting.set()))

    thread = threading.Thread(target=second)
    with (small_jars.parent / f".{small_jars.name}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        thread.start()
        assert waiting.wait(timeout=10)
        for jar in jars.JARS:
            (small_jars / jar.file_name).write_bytes(b"abc")
    thread.join(timeout=10)
    assert result == [[small_jars / jar.file_name for jar in jars.JARS]]
    assert calls == []


def test_a_folder_that_cannot_be_made_is_named(
    small_jars: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_jars.parent.parent.joinpath("file").write_text("", encoding="utf-8")
    monkeypatch.setenv("LAKEGLOSS_JARS", str(small_jars.parent.parent / "file" / "jars" / "x"))
    with pytest.raises(EnvironmentNotReadyError, match="cannot be written") as raised:
        jars.ensure_jars()
    assert "LAKEGLOSS_JARS" in raised.value.remedy


def fake_submit(small_jars: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """A spark-submit that does what the line of shell says."""
    home = small_jars.parent.parent / "spark"
    submit = home / "bin" / "spark-submit"
    submit.parent.mkdir(parents=True)
    submit.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    submit.chmod(0o755)
    monkeypatch.setattr(jars, "spark_home", lambda: home)


def test_the_resolvers_reason_is_told(small_jars: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = "echo noise >&2; echo ':: io.delta#one;4.4.0: not found' >&2; exit 1"
    fake_submit(small_jars, monkeypatch, said)
    with pytest.raises(EnvironmentNotReadyError, match=r"io\.delta#one;4\.4\.0: not found"):
        jars.ensure_jars()


def test_the_environments_proxy_is_told_to_java(
    small_jars: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = small_jars.parent.parent / "told"
    fake_submit(small_jars, monkeypatch, f"printf '%s\\n' \"$@\" >{told}; exit 1")
    monkeypatch.delenv("HTTPS_PROXY", raising=False)
    for proxy in ("http://user:secret@proxy.example:3128", ""):
        monkeypatch.setenv("https_proxy", proxy)
        with pytest.raises(EnvironmentNotReadyError):
            jars.ensure_jars()
        arguments = told.read_text(encoding="utf-8").splitlines()
        assert ("--driver-java-options" in arguments) == bool(proxy)
        assert "secret" not in " ".join(arguments)
        if proxy:
            option = arguments[arguments.index("--driver-java-options") + 1]
            assert option == "-Dhttps.proxyHost=proxy.example -Dhttps.proxyPort=3128"
