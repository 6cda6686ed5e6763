"""A model that extracts entities well only where demonstrations show it how; real examples for it.

It stands for a model that learns from examples. What it answers depends on the request alone.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from tests.kits.answering_server import Said, completion

PLACES = {
    "train": ["Oslo harbour", "Lima airport", "Kyoto temple", "Cairo museum", "Dublin library",
              "Quito market"],
    "select": ["Berne parliament", "Hanoi station", "Accra stadium", "Sofia opera"],
    "gate": ["Malta fortress", "Perth brewery", "Turin factory", "Nairobi park", "Lyon theatre",
             "Bergen aquarium", "Sousse medina", "Cusco railway"],
}  # fmt: skip
FIRST_NAMES = ["Ann", "Bob", "Cleo", "Dev", "Eve", "Finn", "Gus", "Hana"]
_VERBS = ["painted", "closed", "bought", "visited", "described", "measured", "left", "photographed"]


def text_about(place: str, number: int) -> str:
    n = (number + len(place)) % 8
    return f"{FIRST_NAMES[n]} {_VERBS[(n * 3 + number) % 8]} {place} number {number * 7 + n}."


def entities_in(text: str) -> list[dict[str, str]]:
    names = re.findall(r"[A-Z][a-z]+", text)
    return [{"name": name, "type": "name", "description": ""} for name in names]


def examples() -> list[dict[str, Any]]:
    """Examples of the family of entities, each on its side."""
    return [
        {"inputs": {"text": (text := text_about(place, number))},
         "outputs": {"entities": entities_in(text)}, "split": split}
        for split, places in PLACES.items()
        for number, place in enumerate(places)
    ]  # fmt: skip


def answer(body: Mapping[str, Any], _: object, __: int) -> Said:
    """All entities where it was shown how, else only the first."""
    shown = [m["content"] for m in body["messages"] if m["role"] == "assistant"]
    asked = json.loads(body["messages"][-1]["content"])
    found = entities_in(str(asked.get("text", "")))
    return 200, completion(json.dumps({"entities": found if shown else found[:1]}))
