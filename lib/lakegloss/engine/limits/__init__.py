"""Decides when a call may be made, and again: limit, breaker, budget, gate, retry."""
