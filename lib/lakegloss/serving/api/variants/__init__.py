"""Splits requests between the two versions of a rollout, by who asks."""
