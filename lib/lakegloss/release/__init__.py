"""Keeps program versions in MLflow's registry, and decides by a ledger which are in use."""
