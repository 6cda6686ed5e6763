"""Brings what was executed to a monitor: from executors, and from the service's database."""
