"""Calls language models within limits and a budget, and keeps every answer."""
