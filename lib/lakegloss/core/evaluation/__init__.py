"""Computes what an evaluation finds: scores of items, figures of versions, paired comparisons."""
