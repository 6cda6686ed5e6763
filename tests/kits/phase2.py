"""What the blocks of a production loop take for granted: models by name, work that was recorded."""

import asyncio
import shlex
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from typer.testing import CliRunner, Result

from lakegloss.cli.main import app
from lakegloss.core.learning.judgements import new_feedback
from lakegloss.core.production.executions import RecordedExecution
from lakegloss.learning.production.production_store import store_in
from lakegloss.monitoring import (
    AlertConfig,
    PerformanceFeedbackCollector,
    PerformanceMetrics,
    RealTimeMonitor,
)
from lakegloss.programs import ClassifyText, PromptFamily
from lakegloss.programs.saved import save
from lakegloss.release import (
    ACECoTIntegration,
    CoTOptimizer,
    DSPyPhase2Manager,
    OptimizationConfig,
    ProductionDataPipeline,
    PromptFamilyOptimizer,
    PromptReplacementPipeline,
    RealTimeOptimizer,
)

MODELS = ("1.5b", "3b", "7b")
ROUNDS = 2


class EnoughError(Exception):
    """Ends a loop that would go on for ever."""


def environment(folder: Path, url: str) -> dict[str, str]:
    """Variables that configure three models by their names, and a home of its own."""
    path = folder / "models.toml"
    tables = [f'[models."{name}"]\nmodel = "real-{name}"\nendpoint = "{url}"\n' for name in MODELS]
    path.write_text("\n".join(tables), encoding="utf-8")
    return {
        "LAKEGLOSS_MODEL": "m", "LAKEGLOSS_ENDPOINT": url, "LAKEGLOSS_SERVE_MODELS": str(path),
        "LAKEGLOSS_HOME": str(folder / "home"),
    }  # fmt: skip


def record_work(variant: str = "DSPY_A", quality: float = 0.9, count: int = 15) -> None:
    """Executions of a variant, each judged by a person."""
    store, now = store_in(), datetime.now(UTC)
    for number in range(count):
        run = RecordedExecution(
            execution_id=f"{variant or 'original'}-{number}", program="ClassifyText",
            variant=variant, model="3b", latency=100.0, at=now - timedelta(minutes=number),
            inputs={"text": f"Paper {number} is stuck.", "categories": "printing, billing"},
            outputs={"classification": "printing", "confidence": 0.9},
        )  # fmt: skip
        store.record(run)
        score = quality + (-0.05, 0.0, 0.05)[number % 3]
        store.add(new_feedback(run.judged, score=score, type="quality", now=now))
    store.close()


def replacement_pipeline() -> PromptReplacementPipeline:
    """A pipeline on a store in which one variant did better than the one in use."""
    record_work("", quality=0.6)
    record_work("DSPY_A", quality=0.9)
    pipeline = PromptReplacementPipeline()
    pipeline.book.of("ClassifyText", "3b")
    better = ClassifyText.with_instructions("Assign the category that fits best. Be careful.")
    pipeline.book.add("ClassifyText", "3b", "DSPY_A", save(better, "ClassifyText").text)
    return pipeline


def data_pipeline() -> ProductionDataPipeline:
    """A pipeline on a store with executions of one variant."""
    record_work()
    return ProductionDataPipeline()


class Curator:
    """A curator of an agentic context that keeps the templates it is given."""

    def __init__(self) -> None:
        self.templates: dict[tuple[str, str], str] = {}

    def set_cot_template(self, task: str, depth: str, template: str) -> None:
        self.templates[task, depth] = template


def names_for(prelude: str) -> dict[str, Any]:
    """The names that a block takes for granted."""
    return _PRELUDES[prelude]() if prelude in _PRELUDES else {}


def _data() -> dict[str, Any]:
    pipeline = data_pipeline()
    examples = asyncio.run(pipeline.collect_production_data())
    # The block makes `batches` and measures `batch[0]`, which it does not define.
    return {"pipeline": pipeline, "batch": asyncio.run(pipeline.create_evaluation_batch(examples))}


def _said() -> dict[str, Any]:
    return {
        "variant": "DSPY_A", "model": "3b", "feedback_score": 0.85,
        "metrics": PerformanceMetrics(variant="DSPY_A", model="3b", latency_ms=1200),
    }  # fmt: skip


def _monitoring() -> dict[str, Any]:
    return _said() | {
        "RealTimeMonitor": RealTimeMonitor, "AlertConfig": AlertConfig,
        "PerformanceFeedbackCollector": PerformanceFeedbackCollector,
    }  # fmt: skip


def _cot() -> dict[str, Any]:
    optimizer = CoTOptimizer()
    return {
        "optimizer": optimizer, "integration": ACECoTIntegration(optimizer),
        "ace_template": "Check the graph of {query} step by step.", "ace_curator": Curator(),
    }  # fmt: skip


def _for_ever() -> dict[str, Any]:
    rounds = iter(range(ROUNDS))

    async def sleep(_: float) -> None:
        if next(rounds, None) is None:
            raise EnoughError

    return {
        "asyncio": SimpleNamespace(sleep=sleep),
        "get_production_metrics": lambda: {
            "variant": "DSPY_A", "model": "3b", "latency": 1200, "success": True,
        },
        "get_user_feedback": lambda: {"variant": "DSPY_A", "model": "3b", "score": 0.85},
    }  # fmt: skip


_PRELUDES = {
    "phase2_data": _data,
    "phase2_monitoring": _monitoring,
    "phase2_replacement": lambda: {"pipeline": replacement_pipeline()},
    "phase2_cot": _cot,
    "phase2_families": lambda: {
        "optimizer": PromptFamilyOptimizer(), "PromptFamily": PromptFamily
    },
    "phase2_optimizer": lambda: _said() | {
        "RealTimeOptimizer": RealTimeOptimizer, "config": OptimizationConfig()
    },
    "phase2_config": lambda: {"OptimizationConfig": OptimizationConfig},
    "phase2_alerts": lambda: {"AlertConfig": AlertConfig},
    "phase2_for_ever": _for_ever,
}  # fmt: skip


def invoked(command: str) -> Result:
    """A command of the document, by the name that it has here."""
    return CliRunner().invoke(app, ["production", *shlex.split(command)])


def run_until_stopped() -> Result:
    """`--start` in this thread, and another that asks it to stop."""

    def stop() -> None:
        manager = DSPyPhase2Manager()
        for _ in range(600):
            if manager.data.store.document("switch", "switch") == {"stop": False}:
                break
            time.sleep(0.05)
        manager.ask_to_stop()
        manager.close()

    other = threading.Thread(target=stop)
    other.start()
    done = invoked("--start")
    other.join(60)
    return done
