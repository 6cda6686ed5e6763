"""Runs programs for many callers, with cache, batches and tracking."""
