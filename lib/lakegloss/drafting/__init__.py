"""Drafts comments from evidence, for the batch job and the service; no Spark, no catalog."""
