"""Finds personal data, names its class, and hides its values."""
