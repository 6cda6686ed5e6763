"""Optimise a program on people's work, and make what the gate calls better the challenger."""

from collections.abc import Sequence
from pathlib import Path

from lakegloss.cli import workflow
from lakegloss.core.optimisation.search_plan import OptimisationBudget
from lakegloss.errors import BudgetExceededError
from lakegloss.lakehouse.session.session import session
from lakegloss.learning.optimisation.optimizing import optimize
from lakegloss.release.optimised import program_to_optimize
from lakegloss.serving.model.challenger import register_challenger

parser = workflow.parser(__doc__)
parser.add_argument("--optimize", default="", help="comment, a signature, a file, or NAME@ALIAS")
parser.add_argument("--optimizer", default="bootstrap", help="labeled, bootstrap, gepa ...")
parser.add_argument("--max_calls", type=workflow.optional(int), help="the most calls")
parser.add_argument("--max_tokens", type=workflow.optional(int), help="the most tokens")
parser.add_argument("--hours", type=workflow.optional(float), help="the most hours of this run")
parser.add_argument("--token_growth", default="25", help="percent that need not be earned")
parser.add_argument("--data", default="", help="file of examples, instead of the lake's")
parser.add_argument("--metric", default="", help="how outputs are scored")
parser.add_argument("--seed", default="0", help="another seed searches elsewhere")
parser.add_argument("--path", required=True, type=Path, help="folder for state and account")


def main(arguments: Sequence[str]) -> None:
    task = workflow.read(parser, arguments, needs_tables=False)
    given, settings = task.parameters, task.settings
    budget = OptimisationBudget(
        max_calls=given.max_calls, max_tokens=given.max_tokens,
        max_cost=settings.max_cost, hours=given.hours,
        price_input=settings.price_input, price_output=settings.price_output,
    )  # fmt: skip
    program = program_to_optimize(settings, given.optimize)
    with session(settings) as spark:
        report = optimize(
            spark, settings, program, optimizer=given.optimizer or "bootstrap", budget=budget,
            data=Path(given.data) if given.data else None, metric=given.metric,
            token_growth=float(given.token_growth or 25) / 100, seed=int(given.seed or 0),
            progress=workflow.report_progress,
        )  # fmt: skip
        given.path.mkdir(parents=True, exist_ok=True)
        (given.path / "account.md").write_text(report.account, encoding="utf-8")
        if report.found is not None and report.changed:
            (given.path / "state.json").write_text(report.found.state, encoding="utf-8")
        if report.is_better:
            reference = register_challenger(spark, settings, report)
            workflow.logger.info("the challenger is %s", reference)
    workflow.logger.info("%s Account and state: %s", report.result, given.path)
    if report.unfinished:
        raise BudgetExceededError(report.result, remedy="Run the same task again: it goes on.")


if __name__ == "__main__":
    workflow.run(main)
