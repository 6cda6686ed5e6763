"""Offers labels under short names: `from lakegloss import labels`, then `labels.propose(...)`.

Each takes the session and the settings first, and patterns of tables where it takes some::

    labels.propose(spark, settings, ["sales.*"])
"""

from lakegloss.lakehouse.labels.applying import LabelsApplied
from lakegloss.lakehouse.labels.applying import apply_labels as apply
from lakegloss.lakehouse.labels.label_report import LabelReport
from lakegloss.lakehouse.labels.label_report import report_labels as report
from lakegloss.lakehouse.labels.label_reviewing import LabelsDecided
from lakegloss.lakehouse.labels.label_reviewing import decide_labels as decide
from lakegloss.lakehouse.labels.label_reviewing import export_labels as export
from lakegloss.lakehouse.labels.label_reviewing import import_labels as import_file
from lakegloss.lakehouse.labels.label_reviewing import open_labels as waiting
from lakegloss.lakehouse.labels.proposing import LabelPlan, LabelSummary
from lakegloss.lakehouse.labels.proposing import plan_labels as plan
from lakegloss.lakehouse.labels.proposing import propose_labels as propose
from lakegloss.lakehouse.labels.undoing import undo_labels as undo

__all__ = [
    "LabelPlan",
    "LabelReport",
    "LabelSummary",
    "LabelsApplied",
    "LabelsDecided",
    "apply",
    "decide",
    "export",
    "import_file",
    "plan",
    "propose",
    "report",
    "undo",
    "waiting",
]
