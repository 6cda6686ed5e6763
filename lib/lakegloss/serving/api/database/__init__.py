"""Keeps executions and keys in the service's own database, and brings executions to the lake."""
