"""Keeps rollouts in the ledgers, gathers their evidence, and lets batches and services follow."""
