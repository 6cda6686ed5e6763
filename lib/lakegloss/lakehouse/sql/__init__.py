"""Served programs as SQL functions."""
