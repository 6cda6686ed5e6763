"""lakegloss writes, checks, applies and maintains the comments of Delta tables.

Three steps in a notebook, each of which can be taken back::

    from lakegloss import apply, describe, load_settings, session, undo

    settings = load_settings(policy="missing")
    with session(settings) as spark:
        drafted = describe(spark, settings, ["sales.*"])  # 1. draft: proposals, nothing is written
        preview = apply(spark, settings, ["sales.*"], dry_run=True)  # 2. look
        written = apply(spark, settings, ["sales.*"])  # 3. write
        undo(spark, settings, written.run_id)  # as it was before

The names in `__all__` are public, and so are those of `lakegloss.programs`, `lakegloss.serving`,
`lakegloss.learning`, `lakegloss.compat.dbxmetagen` and `lakegloss.errors`; docs/public.md says how
long they are kept. All else is
internal.
They are imported when they are first asked for, so `import lakegloss` is light.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lakegloss.core.optimisation.search_plan import OptimisationBudget
    from lakegloss.lakehouse.apply.apply import apply
    from lakegloss.lakehouse.apply.undo import undo
    from lakegloss.lakehouse.apply.writes import ApplySummary
    from lakegloss.lakehouse.describe.describe import DescribeSummary, describe
    from lakegloss.lakehouse.describe.planning import Plan, plan
    from lakegloss.lakehouse.exchange.exporting import export_comments
    from lakegloss.lakehouse.execute.execute import spark_execute
    from lakegloss.lakehouse.labels import labels
    from lakegloss.lakehouse.ledgers.runs import newest_runs as runs
    from lakegloss.lakehouse.report.check import CoverageNow
    from lakegloss.lakehouse.report.check import measure_coverage as check
    from lakegloss.lakehouse.report.report import write_report as report
    from lakegloss.lakehouse.review import review
    from lakegloss.lakehouse.review.review import import_comments
    from lakegloss.lakehouse.session.session import session
    from lakegloss.lakehouse.sql.served_model import install_functions, register_served_model
    from lakegloss.learning.evaluation import EvaluationReport, evaluate
    from lakegloss.learning.optimisation.optimizing import OptimizeReport, optimize
    from lakegloss.learning.program_evaluation.evaluate_program import evaluate_program
    from lakegloss.release.chosen import chosen_program
    from lakegloss.release.evaluated import evaluated, evaluated_version
    from lakegloss.release.optimised import program_to_optimize
    from lakegloss.serving.model.challenger import register_challenger
    from lakegloss.settings import Settings, load_settings

__version__ = "0.1.0"

__all__ = [
    "ApplySummary",
    "CoverageNow",
    "DescribeSummary",
    "EvaluationReport",
    "OptimisationBudget",
    "OptimizeReport",
    "Plan",
    "Settings",
    "__version__",
    "apply",
    "check",
    "chosen_program",
    "describe",
    "evaluate",
    "evaluate_program",
    "evaluated",
    "evaluated_version",
    "export_comments",
    "import_comments",
    "install_functions",
    "labels",
    "load_settings",
    "optimize",
    "plan",
    "program_to_optimize",
    "register_challenger",
    "register_served_model",
    "report",
    "review",
    "runs",
    "session",
    "spark_execute",
    "undo",
]

_PLACES = {
    "ApplySummary": "lakegloss.lakehouse.apply.writes:ApplySummary",
    "CoverageNow": "lakegloss.lakehouse.report.check:CoverageNow",
    "DescribeSummary": "lakegloss.lakehouse.describe.describe:DescribeSummary",
    "EvaluationReport": "lakegloss.learning.evaluation:EvaluationReport",
    "OptimisationBudget": "lakegloss.core.optimisation.search_plan:OptimisationBudget",
    "OptimizeReport": "lakegloss.learning.optimisation.optimizing:OptimizeReport",
    "Plan": "lakegloss.lakehouse.describe.planning:Plan",
    "Settings": "lakegloss.settings:Settings",
    "apply": "lakegloss.lakehouse.apply.apply:apply",
    "check": "lakegloss.lakehouse.report.check:measure_coverage",
    "chosen_program": "lakegloss.release.chosen:chosen_program",
    "describe": "lakegloss.lakehouse.describe.describe:describe",
    "evaluate": "lakegloss.learning.evaluation:evaluate",
    "evaluate_program": "lakegloss.learning.program_evaluation.evaluate_program:evaluate_program",
    "evaluated": "lakegloss.release.evaluated:evaluated",
    "evaluated_version": "lakegloss.release.evaluated:evaluated_version",
    "export_comments": "lakegloss.lakehouse.exchange.exporting:export_comments",
    "import_comments": "lakegloss.lakehouse.review.review:import_comments",
    "install_functions": "lakegloss.lakehouse.sql.served_model:install_functions",
    "labels": "lakegloss.lakehouse.labels.labels:",
    "load_settings": "lakegloss.settings:load_settings",
    "optimize": "lakegloss.learning.optimisation.optimizing:optimize",
    "plan": "lakegloss.lakehouse.describe.planning:plan",
    "program_to_optimize": "lakegloss.release.optimised:program_to_optimize",
    "register_challenger": "lakegloss.serving.model.challenger:register_challenger",
    "register_served_model": "lakegloss.lakehouse.sql.served_model:register_served_model",
    "report": "lakegloss.lakehouse.report.report:write_report",
    "review": "lakegloss.lakehouse.review.review:",
    "runs": "lakegloss.lakehouse.ledgers.runs:newest_runs",
    "session": "lakegloss.lakehouse.session.session:session",
    "spark_execute": "lakegloss.lakehouse.execute.execute:spark_execute",
    "undo": "lakegloss.lakehouse.apply.undo:undo",
}
"""Where each name is, as module:attribute; nothing after the colon means the module itself."""

if not TYPE_CHECKING:  # a type checker reads the imports above, and finds misspelt names

    def __getattr__(name: str) -> Any:
        """Import a public name when it is first asked for."""
        if name not in _PLACES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        module, _, attribute = _PLACES[name].partition(":")
        found: Any = import_module(module)
        globals()[name] = getattr(found, attribute) if attribute else found
        return globals()[name]


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
