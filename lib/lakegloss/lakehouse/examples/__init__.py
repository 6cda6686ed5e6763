"""Collects examples of what people wrote and decided, and keeps them in a ledger."""
