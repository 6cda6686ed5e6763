"""Keeps what programs did in production, and measures it: executions, feedback, batches."""
