"""Reads and writes files that describe tables for other tools: dbt, contracts, dictionaries."""
