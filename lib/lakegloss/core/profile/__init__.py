"""Sums columns up in statistics that can be merged, and finds keys and references in them."""
