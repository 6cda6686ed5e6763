"""Decides which tags tables and columns get: for personal data by rules, domains by a tree."""
