"""Finds alerts that are on and whose threshold was changed since: the new one judges them.

An alert's name holds its threshold, so an edited one is another alert. Without this the old one
would stay on for ever, as nobody looks at it, and the new one would tell the same news again.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from lakegloss.core.monitoring.alert_rules import AlertConfig
from lakegloss.core.monitoring.alert_states import AlertChange, alert_id
from lakegloss.core.monitoring.events import Subject

EditedAlerts = Mapping[tuple[str, Subject], Sequence[str]]
"""The ids of the alerts that are on under another threshold, by the name of today's and subject."""


def edited_alerts(firing: Iterable[AlertChange], configs: Sequence[AlertConfig]) -> EditedAlerts:
    """The alerts that are on under a threshold that no alert has any more.

    Args:
        firing: the changes by which the alerts began that are on.
    """
    names = {config.name for config in configs}
    found: dict[tuple[str, Subject], list[str]] = defaultdict(list)
    for change in firing:
        if change.alert in names:
            continue
        for config in configs:
            if replace(config, threshold=change.threshold).name == change.alert:
                found[config.name, change.subject].append(change.alert_id)
    return found


def ids_to_judge(edited: EditedAlerts, config: AlertConfig, subject: Subject) -> Sequence[str]:
    """The ids of the alerts that a reading concerns: those that are on, else today's own."""
    return edited.get((config.name, subject), ()) or (alert_id(config.name, subject),)
