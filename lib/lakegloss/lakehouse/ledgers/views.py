"""Defines views over the ledgers that answer what analysts ask first."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionView:
    """A view over the ledgers.

    Attributes:
        text: its comment: the question that it answers.
        columns: the names of its columns, in order, with their comments.
        query: SQL, in which {schema} stands for the quoted schema of the ledgers.
    """

    name: str
    text: str
    columns: Mapping[str, str]
    query: str


_TABLE = {
    "table": "Full name of the table.",
    "column": "Path of the column; empty for the table itself.",
}
VIEWS = (
    QuestionView(
        name="recent_changes",
        text="What changed in the last seven days, and by whom? The newest first.",
        columns={
            "changed_at": "Time of the change.",
            "who": "User who ran the command.",
            **_TABLE,
            "before": "Comment before.",
            "after": "Comment after.",
            "status": "applied or undone.",
            "command": "Command that made the change.",
            "run_id": "Its run, as `lakegloss undo` takes it.",
        },
        query="SELECT c.changed_at, coalesce(c.who, r.who) AS who, c.`table`, c.`column`, "
        "c.`before`, c.`after`, c.status, r.command, c.run_id FROM {schema}.changes_latest c "
        "LEFT JOIN {schema}.runs_latest r ON r.run_id = c.run_id "
        "WHERE c.status IN ('applied', 'undone') AND c.`before` <> c.`after` "
        "AND c.changed_at >= current_timestamp() - INTERVAL 7 DAYS ORDER BY c.changed_at DESC",
    ),
    QuestionView(
        name="personal_columns",
        text="Which columns hold personal data?",
        columns={
            **_TABLE,
            "personal": "Class of personal data, such as email.",
            "data_type": "Type of the column.",
            "comment": "Its comment in the catalog when a run last looked.",
        },
        query="SELECT e.`table`, e.`column`, e.personal, e.data_type, i.comment "
        "FROM {schema}.evidence_latest e JOIN {schema}.inventory_latest i "
        "ON i.`table` = e.`table` AND i.`column` = e.`column` "
        "WHERE i.present AND e.personal <> '' ORDER BY e.`table`, e.`column`",
    ),
    QuestionView(
        name="outdated_evidence",
        text="Which tables' data changed since their values were read?",
        columns={
            "table": "Full name of the table.",
            "read_at": "Time at which its values were read.",
            "version_read": "Version of its data that was read.",
            "version_now": "Version of its data when a run last looked.",
            "seen_at": "Time at which a run last looked.",
        },
        query="SELECT i.`table`, max(e.seen_at) AS read_at, "
        "max_by(e.data_version, e.seen_at) AS version_read, max(i.data_version) AS version_now, "
        "max(i.seen_at) AS seen_at FROM {schema}.inventory_latest i "
        "JOIN {schema}.evidence_latest e ON e.`table` = i.`table` "
        "WHERE i.`column` = '' AND i.present GROUP BY i.`table` "
        "HAVING max_by(e.data_version, e.seen_at) <> max(i.data_version)",
    ),
    QuestionView(
        name="waiting_proposals",
        text="Which drafts wait for a person?",
        columns={
            **_TABLE,
            "text": "The draft.",
            "source": "Who wrote it: model, rules, inherited or human.",
            "reason": "Why it waits.",
            "proposed_at": "Time of the draft.",
            "proposal_id": "Names the draft in proposals.",
        },
        query="SELECT p.`table`, p.`column`, p.text, p.source, p.reason, p.proposed_at, "
        "p.proposal_id FROM {schema}.proposals_latest p "
        "LEFT ANTI JOIN {schema}.decisions d ON d.proposal_id = p.proposal_id "
        "WHERE p.status = 'needs_review' ORDER BY p.`table`, p.`column`",
    ),
    QuestionView(
        name="run_costs",
        text="What did each run cost? The newest first.",
        columns={
            "started_at": "Time at which the run began.",
            "who": "User who ran the command.",
            "command": "The command.",
            "status": "running, done, stopped or failed.",
            "answers": "Answers of language models that were paid.",
            "input_tokens": "Tokens sent to language models.",
            "output_tokens": "Tokens that language models wrote.",
            "cost": "Cost in dollars; null where no price is set.",
            "run_id": "Names the run.",
        },
        query="SELECT r.started_at, r.who, r.command, r.status, coalesce(a.answers, 0) AS answers, "
        "r.input_tokens, r.output_tokens, r.cost, r.run_id FROM {schema}.runs_latest r "
        "LEFT JOIN (SELECT run_id, count(*) AS answers FROM {schema}.responses GROUP BY run_id) a "
        "ON a.run_id = r.run_id ORDER BY r.started_at DESC",
    ),
)
