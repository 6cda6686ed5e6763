"""Makes a serving endpoint's split of traffic follow a rollout: which entity gets how many percent.

Endpoints split requests at random, in whole percent that sum to 100. What is asked for here is the
whole configuration: entities and routes are replaced together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lakegloss.core.release.assignment import Variant
from lakegloss.core.release.rollout_steps import RolloutEvent, RolloutRow, RolloutState
from lakegloss.errors import InputError

JsonObject = Mapping[str, Any]
_ANSWERED_ONLY = frozenset(
    {"creation_timestamp", "creator", "state", "foundation_model", "model_name", "model_version"}
)
"""Fields of an entity that an endpoint tells, and does not take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficShares:
    """Which version answers how many percent of an endpoint's requests.

    Attributes:
        champion, challenger: numbers of the registered versions; equal where one answers all.
        champion_percent, challenger_percent: whole numbers that sum to 100.
    """

    champion: int
    challenger: int
    champion_percent: int
    challenger_percent: int

    @property
    def variables(self) -> dict[str, str]:
        """The shares as variables of the bundle: a deployment would else set others."""
        return {
            "champion_version": str(self.champion), "challenger_version": str(self.challenger),
            "champion_traffic": str(self.champion_percent),
            "challenger_traffic": str(self.challenger_percent),
        }  # fmt: skip


def shares_of(row: RolloutRow, *, champion: int = 0) -> TrafficShares:
    """The shares that a rollout's row asks for; a share above 0 is one percent at least.

    After a promotion the new version answers all. After a rollback it stays beside the champion,
    without a request: taking its containers down could fail, or take minutes. Where people made
    another version the champion since, it answers all: what ended long ago takes nothing back.

    Args:
        champion: the number of the champion now; 0 where that is not known.
    """
    alone = _alone(row, champion)
    if alone:
        return TrafficShares(
            champion=alone, challenger=alone, champion_percent=100, challenger_percent=0
        )
    percent = round(100 * row.served_share)
    if 0 < row.served_share < 1:
        percent = min(99, max(1, percent))
    return TrafficShares(
        champion=row.champion, challenger=row.challenger,
        champion_percent=100 - percent, challenger_percent=percent,
    )  # fmt: skip


def _alone(row: RolloutRow, champion: int) -> int:
    """The version that answers all, and no other stays beside it; 0 where there is none."""
    # Before a promotion is settled, the decision on the champion may still be to come.
    is_settled = row.event == RolloutEvent.SETTLE and champion > 0
    if row.state == RolloutState.PROMOTED and not is_settled:
        return row.challenger
    return 0 if champion == row.champion else champion


def followed_config(config: JsonObject, shares: TrafficShares, *, model: str) -> JsonObject | None:
    """The configuration by which an endpoint follows these shares; None where it does.

    Entities keep their names, sizes and environments. A version that is not served yet takes the
    place of an entity of this model without traffic, else gets one made like the champion's.

    Args:
        config: `served_entities` and `traffic_config`, as the endpoint tells them.
        model: the full name of the registered model.

    Raises:
        InputError: another model has traffic there, or no entity serves this one.
    """
    entities = [_asked(entity) for entity in config.get("served_entities") or ()]
    percents = _percents(config)
    mine = [entity for entity in entities if entity.get("entity_name") == model]
    if not mine:
        raise InputError(
            f"The endpoint serves no version of {model!r}.",
            remedy="Deploy the bundle, or name the endpoint that does.",
        )
    foreign = [e["name"] for e in entities if e not in mine and percents.get(e["name"])]
    if foreign:
        raise InputError(
            f"{foreign[0]!r}, another model's, has traffic at this endpoint.",
            remedy="Give a rollout an endpoint of its own.",
        )
    wanted = _placed(entities, mine, percents, shares)
    routes = {entity["name"]: 0 for entity in entities}
    for number, percent in (
        (shares.challenger, shares.challenger_percent),
        (shares.champion, shares.champion_percent),
    ):
        routes[wanted[number]] = routes.get(wanted[number], 0) + percent
    versions = {entity["name"]: str(entity.get("entity_version")) for entity in mine}
    is_served = all(versions.get(name) == str(number) for number, name in wanted.items())
    if is_served and {n: p for n, p in routes.items() if p} == {
        n: p for n, p in percents.items() if p
    }:
        return None
    return {
        "served_entities": _with_versions(entities, mine, wanted),
        "traffic_config": {
            "routes": [
                {"served_model_name": name, "traffic_percentage": percent}
                for name, percent in routes.items()
            ]
        },
    }


def _asked(entity: JsonObject) -> dict[str, Any]:
    """An entity as an endpoint takes it."""
    return {name: value for name, value in entity.items() if name not in _ANSWERED_ONLY}


def _percents(config: JsonObject) -> dict[str, int]:
    routes = (config.get("traffic_config") or {}).get("routes") or ()
    return {
        str(route.get("served_entity_name") or route.get("served_model_name")): int(
            route.get("traffic_percentage") or 0
        )
        for route in routes
    }


def _placed(
    entities: Sequence[JsonObject],
    mine: Sequence[JsonObject],
    percents: Mapping[str, int],
    shares: TrafficShares,
) -> dict[int, str]:
    """Which entity serves which version: the one that does, else a free one, else a new one."""
    placed: dict[int, str] = {}
    for number in dict.fromkeys((shares.champion, shares.challenger)):
        serving = [e["name"] for e in mine if str(e.get("entity_version")) == str(number)]
        if serving:
            placed[number] = max(serving, key=lambda name: percents.get(name, 0))
    for number in dict.fromkeys((shares.champion, shares.challenger)):
        if number not in placed:
            role = Variant.CHAMPION if number == shares.champion else Variant.CHALLENGER
            taken = set(placed.values())
            idle = [e["name"] for e in mine if e["name"] not in taken]
            # The entity of that role first, then one that nobody asks.
            idle.sort(key=lambda name: (name != role.value, percents.get(name, 0)))
            placed[number] = idle[0] if idle else _new_name(entities, role.value)
    return placed


def _new_name(entities: Sequence[JsonObject], role: str) -> str:
    taken = {entity["name"] for entity in entities}
    names = (role, *(f"{role}-{number}" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)


def _with_versions(
    entities: Sequence[dict[str, Any]], mine: Sequence[JsonObject], wanted: Mapping[int, str]
) -> list[dict[str, Any]]:
    numbers = {name: str(number) for number, name in wanted.items()}
    found = [
        {**entity, "entity_version": numbers.pop(entity["name"])}
        if entity["name"] in numbers
        else entity
        for entity in entities
    ]
    return found + [
        {**mine[0], "name": name, "entity_version": number} for name, number in numbers.items()
    ]
