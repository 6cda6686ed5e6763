"""Keep what a version of lakegloss makes, as text: run it with that version's code.

    PYTHONPATH=/ABSOLUTE/PLACE/OF/ITS/lib python -m tests.continuity.make

It replaces the folder `kept.FOLDER`: give that the name of the commit before. Its imports are those
of the version that it stands beside.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from lakegloss.lakehouse import review
from lakegloss.lakehouse.apply import apply, undo
from lakegloss.lakehouse.describe import describe
from lakegloss.lakehouse.ledger import Ledgers
from lakegloss.lakehouse.planning import make_plan
from lakegloss.lakehouse.report import write_report
from lakegloss.lakehouse.runs import newest_runs
from lakegloss.lakehouse.session import session
from lakegloss.lakehouse.tables import RESPONSES
from lakegloss.programs.comment import Comment, CommentProgram
from lakegloss.programs.library import SIGNATURES
from lakegloss.programs.saved import save
from lakegloss.release.registry import Registry
from lakegloss.release.releases import Releases
from lakegloss.serving.api.store import Store
from lakegloss.serving.carry import carry
from lakegloss.serving.packaging import register
from lakegloss.settings import Settings, load_settings
from tests.continuity import golden, kept
from tests.kits.model_server import ModelServer

FACE = SimpleNamespace(describe=describe, apply=apply, undo=undo, review=review)
SCHEMA, LEDGERS, PORT = "kept_shop", "kept_gloss", 18_765
PAST = datetime(2025, 6, 1, tzinfo=UTC)
DESCRIBED = [f"{SCHEMA}.{name}" for name in ("customers", "orders", "products", "open_orders")]
LEFT = f"{SCHEMA}.refunds"
GUIDANCE = """\
guidance:
  - Write in British English.
  - text: Amounts are in euros.
    columns: "*total*"
glossary:
  SKU: stock keeping unit
"""
WORDS = "Write the catalogue's comments in the words of the shop."


def settings_of(model: str = "") -> Settings:
    """As the tests of now have them; the home is below the working folder."""
    wanted = kept.options(model, f"http://127.0.0.1:{PORT}/v1", Path("guidance.yaml"))
    return load_settings(environ={}, schema_name=LEDGERS, **wanted)


def lake() -> dict[str, Any]:
    text = Path(__file__).with_name("shop.sql").read_text(encoding="utf-8")
    statements = [part.strip() for part in text.split(";\n") if part.strip()]
    made = ["2025-01-05T08:00:00", "2025-01-05T08:01:30"]
    tables = [name for name in (*DESCRIBED, LEFT) if not name.endswith("open_orders")]
    commits = dict.fromkeys(tables, made)
    more = {"described": DESCRIBED, "left": LEFT}
    return {"schema": SCHEMA, "statements": statements, "commits": commits, **more}


# The two processes: one that is killed at its end, and one that tells what is there.


def life() -> None:
    """Live, register, serve, and end in the middle of a run whose answers are paid."""
    rules, model = settings_of(), settings_of("test-model")
    with session(rules) as spark:
        kept.make_lake(spark, kept.read("lake.json"))
        runs, statements = kept.live(FACE, spark, rules, model, Path())
        write("lake.json", {**kept.read("lake.json"), "runs": runs, "applied": statements})
        ledgers = Ledgers(spark, rules)
        lived = [row["run_id"] for row in newest_runs(spark, rules)]
        write("expected.json", {"lived": lived})
        releases(ledgers, rules)
        executions(ledgers)
        append = Ledgers.append

        def killed(self: Ledgers, ledger: Any, records: Any) -> int:
            if ledger is RESPONSES:
                os._exit(137)
            return append(self, ledger, records)

        Ledgers.append = killed  # type: ignore[method-assign]
        describe(spark, model, [LEFT])


def comment_program() -> CommentProgram:
    """The built-in program with other words and a demonstration."""
    program = CommentProgram()
    program.write.signature = program.write.signature.with_instructions(WORDS)
    demo = {"tables": ["t1 shop.tills"], "comments": [Comment(id="t1", text="The tills.")]}
    program.write.demos = [demo]
    return program


def releases(ledgers: Ledgers, settings: Settings) -> None:
    """Registered programs with what their tags say, and decisions on them."""
    registry = Registry(settings, environ={})
    found = []
    for name, program in (("comment", comment_program()), ("email", SIGNATURES["EmailDraft"])):
        figures = {"similarity": 0.5, "rows": {"read": 12}}
        version, _ = register(
            registry, f"lakegloss_{name}", save(program), settings, measured=figures
        )
        client = registry._client  # noqa: SLF001 - of the code that is kept, whatever its faces are
        item = client.get_model_version(version.name, str(version.number))
        told = {"name": item.name, "tags": dict(item.tags), "description": item.description}
        found.append({"folder": name, "version": int(item.version), **told})
        run = client.get_run(version.run_id)
        source = Path(run.info.artifact_uri.removeprefix("file://")) / "model"
        target = kept.FOLDER / "models" / name
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("code", "__pycache__"))
        text = (target / "MLmodel").read_text(encoding="utf-8")
        without = re.sub(r"(?<= )/\S*/", "", text)  # paths of the machine; only their ends are read
        (target / "MLmodel").write_text(without, encoding="utf-8")
    write("registered.json", found)
    decisions = Releases(ledgers, registry)
    decisions.promote("lakegloss_comment", 1, decided_by="ann", reason="the first")
    decisions.promote("lakegloss_email", 1, decided_by="bob")


def executions(ledgers: Ledgers) -> None:
    """What the service executed, as its database has it and a job carries it."""
    store = Store("sqlite:///serve.db")
    row = {
        "execution_id": "e1", "request_id": "r1", "key_name": "k", "program": "EmailDraft",
        "program_version": "1", "mode": "normal", "model": "m", "success": True, "error": "",
        "input_keys": ["subject"], "outputs": {"text": "größer '\"`"}, "input_tokens": 3,
        "output_tokens": 2, "execution_time": 0.5, "carried": False,
        "ended_at": datetime(2026, 1, 5, 9, 0, 1, tzinfo=UTC),
    }  # fmt: skip
    store.record(row).result(10)
    carry(store, ledgers)
    store.close()


def tell() -> None:
    """Keep the ledgers, and what this version says of them and does next."""
    rules, model = settings_of(), settings_of("test-model")
    folder, found = kept.FOLDER, kept.read("expected.json")
    shutil.copytree(model.journal_folder, folder / "journal")
    with session(rules) as spark:
        (folder / "ledgers").mkdir()
        kinds = kept.ledgers_of(spark, LEDGERS)
        write("ledgers.json", kinds)
        for name in kinds["tables"]:
            rows = kept.rows_in(spark, f"{LEDGERS}.{name}")
            lines = [_text(list(row.values())) + "\n" for row in rows]
            (folder / "ledgers" / f"{name}.jsonl").write_text("".join(lines), encoding="utf-8")
        tables = [*DESCRIBED, LEFT]
        found["comments"] = kept.comments(spark, tables)
        found["runs"] = kept.run_lines(newest_runs(spark, rules))
        found["report"] = kept.reported(write_report(spark, model, Path("report.html")))
        found["waiting"] = kept.waiting(review.waiting(spark, rules))
        exported = folder / "review.csv"
        review.export_review(spark, rules, exported, DESCRIBED[:1], everything=True)
        found["plan"] = kept.told(make_plan(Ledgers(spark, model), model, DESCRIBED))
        found["again"] = kept.told(describe(spark, model, DESCRIBED))
        found["applied"] = kept.told(apply(spark, model, DESCRIBED))
        found["undone"] = kept.told(undo(spark, model, kept.read("lake.json")["runs"][-1]))
        found["after_undo"] = kept.comments(spark, tables)
        found["left"] = kept.told(describe(spark, model, [LEFT]))
        found["left_applied"] = kept.told(apply(spark, model, [LEFT]))
    write("expected.json", found)


def write(name: str, content: Any) -> None:
    """As JSON, a line for each of its parts."""
    [begin, end] = "{}" if isinstance(content, dict) else "[]"
    parts = content.items() if isinstance(content, dict) else [("", part) for part in content]
    said = [(json.dumps(key) + ": " if key else "") + _text(part) for key, part in parts]
    lines = ",\n".join(said)
    (kept.FOLDER / name).write_text(f"{begin}\n{lines}\n{end}\n", encoding="utf-8")


def _text(part: Any) -> str:
    return json.dumps(part, ensure_ascii=False, separators=(",", ":"))


def step(name: str, folder: Path, code: int) -> None:
    """A process of its own, as one has one session."""
    root = str(Path(__file__).parents[2])
    env = os.environ | {"PYTHONPATH": os.pathsep.join([os.environ["PYTHONPATH"], root])}
    command = [sys.executable, "-m", "tests.continuity.make", name]
    done = subprocess.run(command, cwd=folder, env=env, check=False)
    if done.returncode != code:
        raise SystemExit(f"{name} ended with {done.returncode}")


def redate(today: datetime) -> None:
    """Put the rows into the past: on a clock that is behind they would be newer than new ones."""
    for path in (path for path in kept.FOLDER.rglob("*") if path.is_file()):
        text = path.read_bytes()
        for form in ("%Y-%m-%d", "%Y%m%d"):
            text = text.replace(today.strftime(form).encode(), PAST.strftime(form).encode())
        path.write_bytes(text)
        path.rename(path.with_name(path.name.replace(f"{today:%Y%m%d}", f"{PAST:%Y%m%d}")))


def main() -> None:
    shutil.rmtree(kept.FOLDER, ignore_errors=True)
    kept.FOLDER.mkdir()
    write("lake.json", lake())
    (kept.FOLDER / "guidance.yaml").write_text(GUIDANCE, encoding="utf-8")
    with tempfile.TemporaryDirectory() as home, ModelServer(port=PORT):
        shutil.copy(kept.FOLDER / "guidance.yaml", home)
        step("life", Path(home), 137)
        step("tell", Path(home), 0)
    write("golden.json", golden.computed())
    redate(datetime.now(UTC))
    write("sums.json", kept.sums())


if __name__ == "__main__":
    {"life": life, "tell": tell}.get("".join(sys.argv[1:]), main)()
