"""Computes what a report shows, as plain data: standing, coverage, charts."""
