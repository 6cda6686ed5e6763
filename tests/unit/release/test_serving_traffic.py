"""A serving endpoint's traffic follows a rollout, over HTTP, whatever the endpoint is doing."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lakegloss.core.release.rollout_steps import RolloutRow, RolloutRules
from lakegloss.core.release.traffic import shares_of
from lakegloss.errors import EndpointAuthError, EndpointError, InputError, LakeglossError
from lakegloss.release.rollout import RolloutEvidence, Rollouts
from lakegloss.release.rollouts.rollout_store import MemoryRolloutStore
from lakegloss.release.rollouts.serving_traffic import ServingTraffic, TrafficTold, WorkspaceApi
from lakegloss.release.rollouts.told_endpoints import read_endpoints, tell_endpoints
from lakegloss.release.rollouts.traffic_variables import write_variables
from tests.kits.serving_workspace import ServingWorkspace, config_of

MODEL = "main.gloss.comment"
PLACE = "comments"
START = datetime(2026, 1, 1, tzinfo=UTC)


class Unasked:
    """No evidence."""

    def gather(self, row: RolloutRow, *, used: frozenset[str], since: datetime) -> RolloutEvidence:
        raise AssertionError("nothing steps")


@pytest.fixture
def row() -> RolloutRow:
    rollouts = Rollouts(MemoryRolloutStore(), Unasked(), clock=lambda: START)
    return rollouts.start(
        MODEL, champion=1, challenger=2, champion_version="a", challenger_version="b",
        rules=RolloutRules(),
    )  # fmt: skip


@pytest.fixture
def workspace() -> Iterator[ServingWorkspace]:
    with ServingWorkspace({MODEL: {"1", "2", "3"}, "main.gloss.other": {"1"}}) as made:
        first = {"champion": (MODEL, "1"), "challenger": (MODEL, "1")}
        made.add(PLACE, config_of(first, champion=100, challenger=0))
        yield made


@pytest.fixture
def api(workspace: ServingWorkspace) -> WorkspaceApi:
    from databricks.sdk.core import ApiClient, Config

    found: WorkspaceApi = ApiClient(Config(host=workspace.url, token="t", retry_timeout_seconds=1))
    return found


def ended(row: RolloutRow, state: str) -> RolloutRow:
    return replace(row, state=state, share=0.0)


def test_traffic_follows_each_step_and_sends_nothing_twice(
    workspace: ServingWorkspace, api: WorkspaceApi, row: RolloutRow
) -> None:
    traffic = ServingTraffic(api, PLACE)
    for share, wanted in [
        (0.10, {"1": 90, "2": 10}),
        (0.001, {"1": 99, "2": 1}),
        (0.999, {"1": 1, "2": 99}),
        (1.0, {"2": 100}),
        (0.0, {"1": 100}),
    ]:
        now = replace(row, share=share)
        assert traffic.follow(now) is TrafficTold.SET
        assert workspace.percents(PLACE) == wanted
        assert traffic.follow(now) is TrafficTold.SAME
    assert len(workspace.updates) == 5
    for update in workspace.updates:
        assert [e["name"] for e in update["served_entities"]] == ["champion", "challenger"]
        assert {e["environment_vars"]["LAKEGLOSS_API_KEY"] for e in update["served_entities"]} == {
            "{{secrets/scope/key}}"
        }


def test_a_rollback_changes_traffic_only_and_a_promotion_lets_one_version_answer(
    workspace: ServingWorkspace, api: WorkspaceApi, row: RolloutRow
) -> None:
    traffic = ServingTraffic(api, PLACE)
    traffic.follow(row)
    traffic.follow(ended(row, "rolled back"))
    assert workspace.percents(PLACE) == {"1": 100}
    before, after = workspace.updates
    assert before["served_entities"] == after["served_entities"], "no version is deployed anew"
    traffic.follow(ended(row, "promoted"))
    assert workspace.percents(PLACE) == {"2": 100}
    # The next rollout takes the entity that nobody asks any more.
    following = replace(row, champion=2, challenger=3, share=0.25)
    traffic.follow(following)
    assert workspace.percents(PLACE) == {"2": 75, "3": 25}
    assert len(workspace.updates[-1]["served_entities"]) == 2


def test_an_endpoint_with_one_entity_gets_a_second(
    workspace: ServingWorkspace, api: WorkspaceApi, row: RolloutRow
) -> None:
    workspace.add("one", config_of({"comments-1": (MODEL, "1")}, **{"comments-1": 100}))
    assert ServingTraffic(api, "one").follow(row) is TrafficTold.SET
    made = workspace.endpoints["one"]["config"]["served_entities"][-1]
    assert (made["name"], made["entity_version"]) == ("challenger", "2")
    assert made["workload_size"] == "Small"
    assert workspace.percents("one") == {"1": 90, "2": 10}


def test_an_update_under_way_is_waited_for_or_left_to_the_next_step(
    workspace: ServingWorkspace, api: WorkspaceApi, row: RolloutRow
) -> None:
    workspace.slow = 4
    slept: list[float] = []
    traffic = ServingTraffic(api, PLACE, clock=lambda: sum(slept), sleep=slept.append)
    assert traffic.follow(row) is TrafficTold.SET
    assert workspace.percents(PLACE) == {"1": 100}, "the old one is served until it is over"
    assert traffic.follow(row) is TrafficTold.SET, "what is coming is what is asked for"
    back = ended(row, "rolled back")
    assert traffic.follow(back) is TrafficTold.BUSY
    assert len(workspace.updates) == 1
    assert traffic.follow(back, wait=100) is TrafficTold.SET
    assert slept
    assert workspace.percents(PLACE) == {"1": 100}
    assert len(workspace.updates) == 2


def test_a_change_that_began_in_between_is_no_error(
    workspace: ServingWorkspace, api: WorkspaceApi, row: RolloutRow
) -> None:
    class Late:
        """Somebody else's update begins after the endpoint was read."""

        def do(self, method: str, path: str, *, body: object = None) -> object:
            if method == "PUT":
                endpoint = workspace.endpoints[PLACE]
                endpoint["pending"], endpoint["left"] = endpoint["config"], 3
            return api.do(method, path, body=body)

    assert ServingTraffic(Late(), PLACE).follow(row) is TrafficTold.BUSY


def test_what_the_workspace_refuses_is_said(
    workspace: ServingWorkspace, api: WorkspaceApi, row: RolloutRow
) -> None:
    with pytest.raises(InputError, match="does not exist"):
        ServingTraffic(api, "none").follow(row)
    with pytest.raises(InputError, match="version does not exist"):
        ServingTraffic(api, PLACE).follow(replace(row, challenger=9))
    with pytest.raises(InputError, match="serves no version"):
        ServingTraffic(api, PLACE).follow(replace(row, name="main.gloss.another"))
    both = {"champion": (MODEL, "1"), "theirs": ("main.gloss.other", "1")}
    workspace.add("shared", config_of(both, champion=50, theirs=50))
    with pytest.raises(InputError, match="has traffic"):
        ServingTraffic(api, "shared").follow(row)
    workspace.forbidden = True
    with pytest.raises(EndpointAuthError, match="may not be changed"):
        ServingTraffic(api, PLACE).follow(row)
    workspace.forbidden, workspace.down = False, True
    with pytest.raises(EndpointError):
        ServingTraffic(api, PLACE).follow(row)
    assert workspace.updates == []


def test_endpoints_of_rollouts_are_told_until_they_follow(
    workspace: ServingWorkspace, api: WorkspaceApi, row: RolloutRow
) -> None:
    named = f" {MODEL}={PLACE}, {MODEL}=none ,main.gloss.new=x,"
    assert read_endpoints(named) == [(MODEL, PLACE), (MODEL, "none"), ("main.gloss.new", "x")]
    rows, champions = {MODEL: row}, {MODEL: 1}

    def tell() -> list[LakeglossError]:
        return tell_endpoints(rows.get, champions.__getitem__, named, api=lambda: api)

    [missing] = tell()
    assert "'none' does not exist" in str(missing)
    assert workspace.percents(PLACE) == {"1": 90, "2": 10}, "one error stops no other"
    workspace.slow = 3
    rows[MODEL] = replace(row, share=0.25)
    tell()
    rows[MODEL] = ended(row, "rolled back")
    for _ in range(8):  # also after the end, until the endpoint is free
        tell()
    workspace.slow = 0
    tell()
    assert workspace.percents(PLACE) == {"1": 100}
    champions[MODEL] = 3  # a person promotes another one, long after
    tell()
    assert workspace.percents(PLACE) == {"3": 100}
    [wrong] = tell_endpoints(rows.get, champions.__getitem__, "main.gloss.comment", api=lambda: api)
    assert "names no endpoint" in str(wrong)


def test_a_login_that_ran_out_stops_no_other_endpoint(
    workspace: ServingWorkspace, api: WorkspaceApi, row: RolloutRow
) -> None:
    class LoggedOut:
        def do(self, method: str, path: str, *, body: object = None) -> object:
            raise ValueError("invalid_client: the secret expired")

    apis = iter([LoggedOut(), api])
    named = f"{MODEL}=first,{MODEL}={PLACE}"
    [failed] = tell_endpoints({MODEL: row}.get, lambda _: 1, named, api=lambda: next(apis))
    assert isinstance(failed, EndpointAuthError)
    assert workspace.percents(PLACE) == {"1": 90, "2": 10}


@pytest.mark.parametrize(
    ("state", "event", "champion", "wanted"),
    [
        pytest.param("promoted", "promote", 1, (2, 100), id="the decision is still to come"),
        pytest.param("promoted", "settle", 2, (2, 100), id="promoted"),
        pytest.param("promoted", "settle", 1, (1, 100), id="a person took it back since"),
        pytest.param("promoted", "settle", 3, (3, 100), id="another was promoted since"),
        pytest.param("rolled back", "settle", 1, (1, 100), id="taken back"),
        pytest.param("rolled back", "roll back", 0, (1, 100), id="the champion is not known"),
        pytest.param("withdrawn", "settle", 3, (3, 100), id="another became the champion"),
        pytest.param("running", "stay", 3, (3, 100), id="before the step that sees it"),
        pytest.param("running", "stay", 1, (1, 90), id="under way"),
    ],
)
def test_the_champion_of_today_answers_whatever_the_last_rollout_said(
    row: RolloutRow, state: str, event: str, champion: int, wanted: tuple[int, int]
) -> None:
    shown = replace(row, state=state, event=event, share=0.1)
    shares = shares_of(shown, champion=champion)
    assert (shares.champion, shares.champion_percent) == wanted


def test_variables_of_the_bundle_say_the_same_and_keep_the_rest(
    tmp_path: Path, row: RolloutRow
) -> None:
    file = tmp_path / "bundle" / "dev" / "variable-overrides.json"
    write_variables(file, shares_of(row))
    file.write_text(json.dumps({**json.loads(file.read_text()), "catalog": "main"}))
    write_variables(file, shares_of(ended(row, "promoted")))
    assert json.loads(file.read_text()) == {
        "catalog": "main", "champion_version": "2", "challenger_version": "2",
        "champion_traffic": "100", "challenger_traffic": "0",
    }  # fmt: skip
    file.write_text("[1]")
    with pytest.raises(InputError, match="no JSON object"):
        write_variables(file, shares_of(row))
    assert file.read_text() == "[1]"
    assert [path.name for path in file.parent.iterdir()] == [file.name]
