"""Requests are split between two versions by who asks; whatever is doubtful gets the champion."""

import json
import math
from collections.abc import Iterator
from pathlib import Path

import pytest

from lakegloss.core.release.assignment import Variant, variant_of_unit
from lakegloss.errors import RegistryError
from lakegloss.release.registry import Registry
from lakegloss.release.rollouts.rollout_effects import TAG, SplitNote, read_note
from lakegloss.serving.api.variants.splits import Splits, unit_of
from lakegloss.settings import load_settings
from tests.kits.program_server import ProgramServer
from tests.kits.registry import MAIL, settings_in, two_mails
from tests.kits.service_server import RunningService
from tests.kits.waiting import until

LETTER = {"recipient": "Ann", "subject": "Lunch", "key_points": "noon"}
SALT, UNTIL = "salt", 4e9
UNITS = [unit_of(f"session {number}", "key") for number in range(60)]


def note(share: float, *, challenger: int = 2, until: float = UNTIL, shadow: float = 0.0) -> str:
    return SplitNote(
        number=1, champion=1, challenger=challenger, share=share, salt=SALT, until=until,
        shadow=shadow, rollout_id="r",
    ).text()  # fmt: skip


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("splits")


@pytest.fixture(scope="module")
def registry(home: Path) -> Registry:
    """Two versions of a program, the first of which is the champion."""
    return two_mails(settings_in(home))


class Time:
    """Seconds since 1970, as a test sets them."""

    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def splits(registry: Registry, time: Time) -> Iterator[Splits]:
    """Rollouts that are looked up when the test says so, once they are asked for."""
    found = Splits(registry, lambda _, version: version.reference, seconds=3_600.0, clock=time)
    registry.tag(MAIL, TAG, note(0.5))
    found.challenger_of(MAIL, f"{MAIL}/1", "")
    until(lambda: bool(newly(found)))
    yield found
    found.close()


def newly(splits: Splits, champion: str = f"{MAIL}/1") -> set[str]:
    found = {unit: splits.challenger_of(MAIL, champion, unit) for unit in UNITS}
    assert set(found.values()) <= {None, f"{MAIL}/2"}
    return {unit for unit, program in found.items() if program is not None}


def test_units_below_the_share_get_the_challenger(registry: Registry, splits: Splits) -> None:
    wanted = {u for u in UNITS if variant_of_unit(SALT, u, 0.5) is Variant.CHALLENGER}
    assert newly(splits) == wanted
    registry.tag(MAIL, TAG, note(0.75))
    splits.look()
    assert wanted < newly(splits) < set(UNITS)
    registry.tag(MAIL, TAG, note(0.0))
    splits.look()
    assert newly(splits) == set()


def test_another_champion_than_the_rollouts_is_not_compared(splits: Splits) -> None:
    assert newly(splits, f"{MAIL}/7") == set()


def test_a_note_that_nobody_renews_runs_out(registry: Registry, splits: Splits, time: Time) -> None:
    registry.tag(MAIL, TAG, note(0.5, until=time.now + 100))
    splits.look()
    assert newly(splits)
    time.now += 101
    splits.look()
    assert newly(splits) == set()


def test_a_registry_that_does_not_answer_ends_the_split(
    splits: Splits, registry: Registry, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dead(*_: object) -> None:
        raise RegistryError("no server answers")

    monkeypatch.setattr(registry, "check_alive", dead)
    splits.look()
    assert newly(splits)  # one look that failed is no reason
    time.now += 10 * 3_600 + 1
    splits.look()
    assert newly(splits) == set()
    monkeypatch.undo()
    splits.look()
    assert newly(splits)


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "[]", "null", '{"share": 1}', note(1.5), note(-1), note(0.5, challenger=0),
        note(0.5, shadow=1.5), note(0.0, shadow=-1), note(0.5, shadow=math.nan),
    ],
)  # fmt: skip
def test_a_note_that_cannot_be_read_is_none(text: str) -> None:
    assert read_note(text) is None
    assert read_note(note(0.5)) is not None


def test_a_note_of_an_older_version_asks_for_no_shadow() -> None:
    values = json.loads(note(0.5, shadow=0.5))
    del values["shadow"], values["rollout_id"]
    older = read_note(json.dumps(values))
    assert older is not None
    assert older.shadow == 0.0


def test_in_the_shadow_nobody_gets_the_challenger(registry: Registry, splits: Splits) -> None:
    assert splits.in_shadow(MAIL, f"{MAIL}/1") is None
    registry.tag(MAIL, TAG, note(0.0, shadow=0.3))
    splits.look()
    assert newly(splits) == set()
    rollout = splits.in_shadow(MAIL, f"{MAIL}/1")
    assert rollout is not None
    assert (rollout.challenger, rollout.note.shadow) == (f"{MAIL}/2", 0.3)
    assert splits.in_shadow(MAIL, f"{MAIL}/7") is None, "another champion"
    registry.tag(MAIL, TAG, note(0.0))
    splits.look()
    assert splits.in_shadow(MAIL, f"{MAIL}/1") is None


def test_a_challenger_that_cannot_be_loaded_answers_nobody(
    registry: Registry, splits: Splits
) -> None:
    registry.tag(MAIL, TAG, note(1.0, challenger=99))
    splits.look()
    assert newly(splits) == set()


@pytest.mark.slow
def test_the_service_names_the_version_of_every_answer(home: Path, registry: Registry) -> None:
    registry.tag(MAIL, TAG, note(0.0))
    with ProgramServer() as model:
        settings = load_settings(
            environ={}, home=home, model="m", endpoint=model.url, attempts=1, serve_refresh=0.1,
            serve_registry=True, serve_rate=1_000_000,
        )  # fmt: skip
        with RunningService(settings) as service:
            sessions = [f"s{number}" for number in range(30)]
            wanted = {
                s for s in sessions
                if variant_of_unit(SALT, unit_of(s, "any"), 0.5) is Variant.CHALLENGER
            }  # fmt: skip

            def ask(session: str, program: str = MAIL) -> dict[str, str]:
                answer = service.client.post(
                    "/api/v1/dspy/execute", json={"program_id": program, "inputs": LETTER},
                    headers={"x-session-id": session},
                )  # fmt: skip
                assert answer.status_code == 200
                body = answer.json()
                return {"id": body["execution_id"], **body["meta"]}

            assert {ask(s)["variant"] for s in sessions[:5]} == {"champion"}
            registry.tag(MAIL, TAG, note(0.5))
            first = next(iter(wanted))
            until(lambda: ask(first)["variant"] == "challenger")
            metas = {s: ask(s) for s in sessions}
            for session, meta in metas.items():
                is_new = session in wanted
                assert meta["variant"] == ("challenger" if is_new else "champion")
                assert meta["version"] == f"{MAIL}/{1 + is_new}"
            by_number = ask(first, f"{MAIL}/1")
            assert (by_number["version"], by_number["variant"]) == (f"{MAIL}/1", "")
            row = service.service.store.execution(metas[first]["id"])
            assert row is not None
            assert (row["variant"], row["unit"]) == ("challenger", unit_of(first, "any"))
            registry.tag(MAIL, TAG, note(0.0))
            until(lambda: ask(first)["variant"] == "champion")
