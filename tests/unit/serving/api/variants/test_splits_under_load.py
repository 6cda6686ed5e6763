"""Callers ask all the time while the share of a new version grows and is taken back."""

import threading
import time
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import pytest

from lakegloss.release.rollouts.rollout_effects import TAG, SplitNote
from lakegloss.settings import load_settings
from tests.kits.program_server import ProgramServer
from tests.kits.registry import MAIL, settings_in, two_mails
from tests.kits.service_server import RunningService

pytestmark = [pytest.mark.soak, pytest.mark.slow]
LETTER = {"recipient": "Ann", "subject": "Lunch", "key_points": "noon"}
CALLERS, SESSIONS, REFRESH = 5, 40, 0.2
SHARES, SECONDS = (0.1, 0.25, 0.5, 1.0), 2.0


def note(share: float) -> str:
    return SplitNote(number=1, champion=1, challenger=2, share=share, salt="salt", until=4e9).text()


class Callers:
    """Threads that ask one after the other until they are stopped, each for its sessions."""

    def __init__(self, service: RunningService) -> None:
        self._service = service
        self._ended = threading.Event()
        self.seen: list[tuple[float, str, str, str]] = []
        self.failed: list[str] = []
        self._threads = [threading.Thread(target=self._call, args=(n,)) for n in range(CALLERS)]
        for thread in self._threads:
            thread.start()

    def _call(self, number: int) -> None:
        while not self._ended.is_set():
            session, number = f"s{number % SESSIONS}", number + CALLERS
            begun = time.monotonic()
            answer = self._service.client.post(
                "/api/v1/dspy/execute", json={"program_id": MAIL, "inputs": LETTER},
                headers={"x-session-id": session},
            )  # fmt: skip
            if answer.status_code != 200:
                self.failed.append(answer.text)
                continue
            meta = answer.json()["meta"]
            self.seen.append((begun, session, meta["variant"], meta["version"]))

    def stop(self) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join(30)


def test_no_request_is_lost_and_no_session_goes_back(tmp_path: Path) -> None:
    registry = two_mails(settings_in(tmp_path))
    registry.tag(MAIL, TAG, note(SHARES[0]))
    with ProgramServer() as model:
        settings = load_settings(
            environ={}, home=tmp_path, model="m", endpoint=model.url, attempts=1,
            serve_refresh=REFRESH, serve_registry=True, serve_rate=1_000_000,
        )  # fmt: skip
        with RunningService(settings) as service:
            callers = Callers(service)
            for share in SHARES[1:]:
                time.sleep(SECONDS)
                registry.tag(MAIL, TAG, note(share))
            time.sleep(SECONDS)
            registry.tag(MAIL, TAG, note(0.0))
            taken_back = time.monotonic()
            time.sleep(SECONDS + REFRESH)
            callers.stop()
    assert callers.failed == []
    assert len(callers.seen) > 100
    assert {answer[2:] for answer in callers.seen} == {
        ("champion", f"{MAIL}/1"), ("challenger", f"{MAIL}/2"),
    }  # fmt: skip
    assert_sticky(callers.seen, taken_back)


def assert_sticky(seen: list[tuple[float, str, str, str]], taken_back: float) -> None:
    """A session goes to the challenger once, and back with all others."""
    late = {variant for at, _, variant, _ in seen if at > taken_back + REFRESH + 1}
    assert late == {"champion"}, "within serve_refresh and a second, all have the old one"
    first = min(at for at, *_ in seen) + REFRESH + 1
    answers: defaultdict[str, list[str]] = defaultdict(list)
    for at, session, variant, _ in sorted(seen):
        if first < at < taken_back:
            answers[session].append(variant)
    for session, variants in answers.items():
        assert sum(a != b for a, b in pairwise(variants)) <= 1, (session, variants)
        assert variants == sorted(variants, reverse=True), "from the champion to the challenger"
