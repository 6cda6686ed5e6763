"""Offers labels under short names: `from lakegloss import labels`, then `labels.propose(...)`.

labels.plan(spark, settings, ["sales.*"])       # what would be proposed, and what it costs
labels.propose(spark, settings, ["sales.*"])    # rules first, a model for the rest
labels.apply(spark, settings, ["sales.*"], dry_run=True)
labels.undo(spark, settings, run_id)
labels.report(spark, settings, ["sales.*"])
"""

from lakegloss.lakehouse.labels.applying import LabelsApplied
from lakegloss.lakehouse.labels.applying import apply_labels as apply
from lakegloss.lakehouse.labels.label_report import LabelReport
from lakegloss.lakehouse.labels.label_report import report_labels as report
from lakegloss.lakehouse.labels.proposing import LabelPlan, LabelSummary
from lakegloss.lakehouse.labels.proposing import plan_labels as plan
from lakegloss.lakehouse.labels.proposing import propose_labels as propose
from lakegloss.lakehouse.labels.undoing import undo_labels as undo

__all__ = [
    "LabelPlan",
    "LabelReport",
    "LabelSummary",
    "LabelsApplied",
    "apply",
    "plan",
    "propose",
    "report",
    "undo",
]
