"""Sums events up in windows of a minute, and decides when an alert begins and ends."""
