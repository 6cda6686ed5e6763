"""Reads the queries of the bundle's dashboard and alert, with the fields that they must have."""

import json
import re
from collections.abc import Iterator

from tests.kits.bundle_checks import load_bundle, resolve
from tests.kits.places import ROOT

_VIEW = re.compile(r"\bFROM (\w+)")


def asked_of(schema: str) -> Iterator[tuple[str, str, set[str]]]:
    """Name, query over the views of a schema, and fields that widgets or the alert show of it."""
    path = ROOT / "resources" / "production.lvdash.json"
    dashboard = json.loads(path.read_text(encoding="utf-8"))
    shown: dict[str, set[str]] = {}
    for page in dashboard["pages"]:
        for item in page["layout"]:
            for query in item["widget"]["queries"]:
                fields = {field["name"] for field in query["query"]["fields"]}
                shown.setdefault(query["query"]["datasetName"], set()).update(fields)
    for dataset in dashboard["datasets"]:
        text = _VIEW.sub(rf"FROM {schema}.\1", "".join(dataset["queryLines"]))
        yield dataset["name"], text, shown[dataset["name"]]
    bundle = load_bundle(ROOT, "dev", {"catalog": "lake"})
    alert = bundle.resources["alerts"]["alerts_on"]
    text = resolve(bundle, alert["query_text"]).replace("`lake`.`lakegloss`", schema)
    yield "the alert", text, {alert["evaluation"]["source"]["name"]}
