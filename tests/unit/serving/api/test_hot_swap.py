"""A promotion while requests are answered: each by one version, and soon by the new one."""

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Self
from urllib.parse import unquote

import httpx
import pytest

from lakegloss.errors import RegistryError
from lakegloss.programs.library import SIGNATURES
from lakegloss.programs.saved import save
from lakegloss.release.registry import Registry
from lakegloss.release.version import Reference
from lakegloss.serving.api import executing
from lakegloss.serving.model.packaging import register
from lakegloss.settings import Settings, load_settings
from tests.kits.model_server import ModelServer
from tests.kits.program_server import ProgramServer
from tests.kits.registry import NAME, registry_in, settings_in, versions_of
from tests.kits.service_server import RunningService
from tests.kits.waiting import until

pytestmark = pytest.mark.slow
CARD = {"table": "sales.orders", "columns": [{"name": "order_id", "type": "bigint"}]}
MAIL = "lakegloss_mail"
LETTER = {"recipient": "Ann", "subject": "Lunch", "key_points": "noon"}
REFRESH = 0.2


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("swap")


@pytest.fixture(scope="module")
def versions(home: Path) -> dict[str, str]:
    """Two versions of two programs, the first of each champion; their hashes by reference."""
    settings = settings_in(home)
    registry = registry_in(settings)
    made = versions_of(settings, "", "Write briefly.")
    mails = [
        register(registry, MAIL, save(signature, "mail"), settings)[0]
        for signature in (
            SIGNATURES["EmailDraft"],
            SIGNATURES["EmailDraft"].with_instructions("Be brief."),
        )
    ]
    for name in (NAME, MAIL):
        registry.point(name, "champion", 1)
    return {version.reference: version.program_version for version in (*made, *mails)}


@pytest.fixture(scope="module")
def comments_model() -> Iterator[ModelServer]:
    with ModelServer() as found:
        yield found


@pytest.fixture(scope="module")
def programs_model() -> Iterator[ProgramServer]:
    with ProgramServer() as found:
        yield found


def served(home: Path, url: str, **options: Any) -> Settings:
    return load_settings(
        environ={}, home=home, model="m", endpoint=url, attempts=1, serve_refresh=REFRESH,
        serve_rate=1_000_000, **options,
    )  # fmt: skip


class Swapping:
    """Promotes and takes back, again and again, in a thread of its own."""

    def __init__(self, home: Path, name: str) -> None:
        self._registry = registry_in(settings_in(home))
        self._name = name
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._swap)
        self.swaps = 0

    def _swap(self) -> None:
        while not self._ended.wait(0.3):
            self._registry.point(self._name, "champion", 2 - self.swaps % 2)
            self.swaps += 1

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *ended: object) -> None:
        self._ended.set()
        self._thread.join()
        self._registry.point(self._name, "champion", 1)


def named(answer: httpx.Response) -> tuple[str, str, str]:
    meta = answer.json()["meta"]
    return answer.headers["x-lakegloss-version"], meta["version"], meta["program_version"]


@pytest.mark.parametrize(
    "each",
    [120, pytest.param(500, marks=pytest.mark.soak)],  # the same, for longer
)
def test_requests_during_promotions_and_rollbacks(
    home: Path, versions: dict[str, str], comments_model: ModelServer, each: int
) -> None:
    seen: list[tuple[str, str, str]] = []
    with (
        RunningService(served(home, comments_model.url, program=NAME)) as service,
        Swapping(home, NAME) as swapping,
    ):
        callers = [threading.Thread(target=_ask, args=(service.url, seen, each)) for _ in range(4)]
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join()
    assert len(seen) == 4 * each
    assert swapping.swaps > 2
    assert {header for header, _, _ in seen} == {f"{NAME}/1", f"{NAME}/2"}
    for header, version, program_version in seen:
        assert (version, program_version) == (header, versions[header]), "one version whole"


def _ask(url: str, seen: list[tuple[str, str, str]], number: int) -> None:
    with httpx.Client(base_url=url, timeout=60) as client:
        for _ in range(number):
            answer = client.post("/api/v1/comments", json=CARD)
            assert answer.status_code == 200, answer.text
            seen.append(named(answer))


def test_no_batch_is_mixed(
    home: Path, versions: dict[str, str], programs_model: ProgramServer
) -> None:
    settings = served(home, programs_model.url, serve_registry=True)
    used = set()
    with RunningService(settings) as service, Swapping(home, MAIL):
        body = {"program_id": f"{MAIL}@champion", "inputs_list": [LETTER] * 20}
        end = time.monotonic() + 20
        while len(used) < 2:
            assert time.monotonic() < end
            found = service.client.post("/api/v1/dspy/execute/batch", json=body).json()
            assert found["successful"] == 20
            told = {(r["meta"]["version"], r["meta"]["program_version"]) for r in found["results"]}
            assert len(told) == 1, "a mixed batch"
            [(version, program_version)] = told
            assert versions[version] == program_version
            used.add(version)


def test_a_promotion_is_followed_within_the_time_told(
    home: Path, versions: dict[str, str], comments_model: ModelServer
) -> None:
    registry = registry_in(settings_in(home))
    with RunningService(served(home, comments_model.url, program=f"{NAME}@champion")) as service:

        def version() -> str:
            return named(service.client.post("/api/v1/comments", json=CARD))[0]

        def follows(wanted: str) -> None:
            until(lambda: version() == wanted, REFRESH + 10)  # a busy machine looks late

        assert version() == f"{NAME}/1"
        registry.point(NAME, "champion", 2)
        follows(f"{NAME}/2")
        registry.point(NAME, "champion", 1)
        follows(f"{NAME}/1")


def test_a_broken_promotion_changes_nothing(
    home: Path,
    versions: dict[str, str],
    comments_model: ModelServer,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    from tests.kits.registry import copied, folder_of, register_folder

    settings = settings_in(home)
    registry = registry_in(settings)
    model = copied(folder_of(settings, registry.versions(NAME)[0]), tmp_path / "model")
    file = model / "artifacts" / "program.json"
    content = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps(content | {"signature": "f" * 12}), encoding="utf-8")
    broken = register_folder(settings, NAME, model)
    with RunningService(served(home, comments_model.url, program=NAME)) as service:
        registry.point(NAME, "champion", broken.number)
        until(lambda: "stays as it is" in caplog.text)
        answer = service.client.post("/api/v1/comments", json=CARD)
        assert named(answer)[0] == f"{NAME}/1", "the version before stays"
    registry.point(NAME, "champion", 1)


def test_registered_programs_by_name_alias_and_number(
    home: Path, versions: dict[str, str], programs_model: ProgramServer
) -> None:
    settings = served(home, programs_model.url, serve_registry=True)
    with RunningService(settings) as service:
        for program, version in ((MAIL, 1), (f"{MAIL}@champion", 1), (f"{MAIL}/2", 2)):
            answer = service.execute(program, LETTER)
            assert answer.status_code == 200, answer.text
            assert named(answer)[0] == f"{MAIL}/{version}"
        assert service.execute("EmailDraft", LETTER).status_code == 200
        unknown = service.execute("Nothing", {})
        assert (unknown.status_code, unknown.json()["error"]["type"]) == (404, "program_not_found")
        missing = service.execute(f"{MAIL}/99", LETTER)
        assert missing.status_code == 404
        refused = service.execute("evil@champion", LETTER)
        assert (refused.status_code, refused.json()["error"]["type"]) == (422, "version_refused")
        kind = service.execute(NAME, {"tables": ["t"]})
        assert (kind.status_code, kind.json()["error"]["type"]) == (422, "version_refused")


def test_a_registry_that_hangs_keeps_no_loaded_program_from_its_callers(
    home: Path,
    versions: dict[str, str],
    programs_model: ProgramServer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    settings = served(home, programs_model.url, serve_registry=True)
    hangs, goes_on = threading.Event(), threading.Event()
    hanging: list[Reference] = []

    def find(own: Registry, reference: Reference) -> Any:
        if hangs.is_set():
            hanging.append(reference)
            goes_on.wait(30)
            raise RegistryError("It does not answer at inner-host.")
        return found(own, reference)

    found = Registry.find
    monkeypatch.setattr(Registry, "find", find)
    monkeypatch.setattr(executing, "_FIND_SECONDS", 1.0)
    with RunningService(settings) as service, ThreadPoolExecutor(8) as callers:
        assert service.execute(f"{MAIL}/1", LETTER).status_code == 200
        hangs.set()
        asked = [callers.submit(service.execute, f"lakegloss_typo{n}", {}) for n in range(8)]
        until(lambda: hanging)
        start = time.monotonic()
        assert service.execute(f"{MAIL}/1", LETTER).status_code == 200
        assert time.monotonic() - start < 0.8, "it is at hand, whatever the registry does"
        refused = [each.result() for each in asked]
        goes_on.set()
    assert {(r.status_code, r.json()["error"]["type"]) for r in refused} == {
        (503, "registry_error")
    }
    assert "The registry of programs does not answer." in caplog.messages, "who runs it is told"


def test_a_name_of_other_letters_can_be_named(
    home: Path, versions: dict[str, str], programs_model: ProgramServer
) -> None:
    registry = registry_in(settings_in(home))
    mail = save(SIGNATURES["EmailDraft"], "mail")
    register(registry, "lakegloss_письмо", mail, settings_in(home))
    settings = served(home, programs_model.url, serve_registry=True)
    with RunningService(settings) as service:
        answer = service.execute("lakegloss_письмо/1", LETTER)
    assert answer.status_code == 200
    assert answer.json()["meta"]["version"] == "lakegloss_письмо/1"
    assert unquote(answer.headers["X-Lakegloss-Version"]) == "lakegloss_письмо/1"


def test_what_a_look_raises_does_not_end_the_following(
    home: Path, versions: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    from lakegloss.release.version import reference_of
    from lakegloss.serving.api.follow import Followed

    registry = registry_in(settings_in(home))
    broken = threading.Event()

    def load(_: Any, version: Any) -> int:
        if broken.is_set():
            raise UnicodeDecodeError("utf-8", b"x", 0, 1, "no text")
        return int(version.number)

    registry.point(NAME, "champion", 1)
    followed = Followed(registry, load, seconds=0.05)
    try:
        reference = reference_of(NAME)
        assert followed.get(reference) == 1
        broken.set()
        registry.point(NAME, "champion", 2)
        until(lambda: caplog.text.count("stays as it is") > 1)
        assert followed.get(reference) == 1
        broken.clear()
        until(lambda: followed.get(reference) == 2)
    finally:
        followed.close()
        registry.point(NAME, "champion", 1)


def test_a_cached_answer_names_the_version_that_was_asked_for(
    home: Path, versions: dict[str, str], programs_model: ProgramServer
) -> None:
    registry = registry_in(settings_in(home))
    same = save(SIGNATURES["EmailDraft"], "mail")
    register(registry, MAIL, same, settings_in(home), measured={"again": 1})
    again, is_new = register(registry, MAIL, same, settings_in(home), measured={"again": 2})
    assert is_new
    settings = served(home, programs_model.url, serve_registry=True)
    letter = {**LETTER, "subject": "cached"}
    with RunningService(settings) as service:
        for number in (1, again.number):
            answer = service.execute(f"{MAIL}/{number}", letter)
            assert named(answer)[0] == f"{MAIL}/{number}"


def test_a_service_whose_program_is_not_there_does_not_start(home: Path) -> None:
    from lakegloss.errors import VersionNotFoundError
    from lakegloss.serving.api.start import start_service

    settings = served(home, "http://127.0.0.1:9/v1", program="lakegloss_nothing")
    with pytest.raises(VersionNotFoundError):
        start_service(settings, environ={})
