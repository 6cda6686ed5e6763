"""Sends requests to a model over HTTP, and reads answers and refusals."""
