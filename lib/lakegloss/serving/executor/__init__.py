"""The executor: one program run for many callers, with cache, batches and tracking."""
