"""What lakegloss computes of fixed inputs, without Spark: to be the same in every version."""

import json
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from lakegloss.core.plan.fingerprint import fingerprint, model_family
from lakegloss.core.plan.packing import TableWork, Wanted, pack
from lakegloss.core.words.rules import RULES_VERSION
from lakegloss.drafting.commenter import Commenter
from lakegloss.drafting.table_cards import TableCard, evidence_of, table_of
from lakegloss.programs import SIGNATURES, CommentProgram
from lakegloss.programs.saved import save
from lakegloss.settings import load_settings
from tests.continuity import kept
from tests.kits.model_server import ModelServer
from tests.kits.program_server import ProgramServer

CARD: dict[str, Any] = {
    "table": "sales.orders",
    "rows": 1200,
    "comment": "Orders.",
    "policy": "all",
    "guidance": ["Write in British English."],
    "columns": [
        {"name": "order_id", "type": "bigint", "key_role": "primary", "distinct": 1200},
        {"name": "customer_id", "type": "bigint", "key_role": "foreign", "distinct": 40,
         "reference": "sales.customers.customer_id"},
        {"name": "status", "type": "string", "distinct": 2,
         "frequent": [{"value": "open", "share": 0.7}, {"value": "größer", "share": 0.3}]},
        {"name": "contact_email", "type": "string", "distinct": 1100},
        {"name": "ship_to.city", "type": "string", "null_share": 0.25, "comment": "Town."},
        {"name": "total_eur", "type": "decimal(10,2)", "minimum": "0.50", "maximum": "99.00"},
    ],
}  # fmt: skip
MAIL = {"recipient": "Ann", "subject": "Lunch", "key_points": "noon, größer"}


def computed() -> dict[str, Any]:
    """All of it, as JSON values."""
    return {
        "versions": versions_now(),
        "programs": programs_now(),
        "fingerprints": fingerprints_now(),
        "requests": requests_now(),
        "answers": answers_now(),
        "models": {"comment": comment_model(), "email": email_model()},
    }


def versions_now() -> dict[str, str]:
    return {"comment": CommentProgram().version, "rules": RULES_VERSION}


def programs_now() -> dict[str, list[str]]:
    """The hashes that say which program a version is of."""
    saved = [save(CommentProgram()), *(save(each, name) for name, each in SIGNATURES.items())]
    return {each.name: [each.version, each.signature, each.content] for each in saved}


def _works() -> list[TableWork]:
    card = TableCard.model_validate(CARD)
    table = table_of(card)
    lines = tuple(CARD["guidance"])
    wanted = (Wanted(guidance=lines), *(Wanted(column=c.path) for c in table.columns))
    return [TableWork(table=table, wanted=wanted, evidence=evidence_of(card))]


def fingerprints_now() -> dict[str, Any]:
    [work] = _works()
    family = model_family("openai/gpt-4o-2024-08-06")
    told = {"style": "standard", "language": "English", "program_version": "1"}
    found = {
        column.path: fingerprint(
            table=work.table.name, column=column.path, data_type=column.data_type,
            bucket=work.evidence[column.path].bucket, source_comments=["Orders."], kind="table",
            guidance=CARD["guidance"], model_family=family, **told,
        )
        for column in work.table.columns
    }  # fmt: skip
    return found | {"buckets": [evidence.bucket for evidence in work.evidence.values()]}


def requests_now() -> list[list[Any]]:
    """The hashes by which paid answers are found again, with what is asked."""
    program = CommentProgram()
    fixed = program.fixed_tokens(style="standard", language="English")
    found = []
    for batch in pack(_works(), budget=fixed + 60, fixed=fixed, max_assets=120):
        request = program.render(batch, style="standard", language="English", model="m")
        found.append([request.request_hash, request.input_tokens, request.max_tokens])
    return found


@cache
def answers_now() -> dict[str, Any]:
    """What a card is answered, and the bytes that a model's endpoint is sent for it."""
    found: dict[str, Any] = {}
    with Commenter(load_settings(environ={}), environ={}) as rules:
        found["rules"] = rules.answers([CARD])[0].model_dump_json()
        found["quality"] = rules.answers([CARD], task="quality")[0].model_dump_json()
    with tempfile.TemporaryDirectory() as folder:
        bodies = Path(folder) / "bodies"
        with ModelServer(record=str(bodies)) as server:
            settings = load_settings(environ={}, model="m", endpoint=server.url)
            with Commenter(settings, environ={}) as model:
                found["model"] = model.answers([CARD])[0].model_dump_json()
        found["sent"] = bodies.read_text(encoding="utf-8").splitlines()
    return found


# The kept models, loaded by the lakegloss that is here.


def _loaded(name: str, folder: str) -> Any:
    """A copy: MLflow writes into what it loads. What was beside it as code is not there."""
    import mlflow.pyfunc

    place = shutil.copytree(kept.FOLDER / "models" / name, Path(folder) / "model")
    return mlflow.pyfunc.load_model(str(place))


def comment_model() -> str:
    """What the registered comment program answers by the rules, as JSON."""
    import pandas as pd

    with tempfile.TemporaryDirectory() as folder:
        [answer] = _loaded("comment", folder).predict(pd.DataFrame([CARD]))
    return json.dumps(answer, ensure_ascii=False)


def email_model() -> list[Any]:
    """What the other registered program answers, without a model and with one, and what is sent."""
    import pandas as pd
    import pytest

    with (
        tempfile.TemporaryDirectory() as folder,
        ProgramServer() as server,
        pytest.MonkeyPatch.context() as patch,
    ):
        [without] = _loaded("email", f"{folder}/a").predict(pd.DataFrame([MAIL]))
        patch.setenv("LAKEGLOSS_MODEL", "m")
        patch.setenv("LAKEGLOSS_ENDPOINT", server.url)
        [answer] = _loaded("email", f"{folder}/b").predict(pd.DataFrame([MAIL]))
        return [json.dumps(each, ensure_ascii=False) for each in (without, answer, server.requests)]
