"""Splits requests between the two versions of a rollout, and asks the new one in the shadow."""
