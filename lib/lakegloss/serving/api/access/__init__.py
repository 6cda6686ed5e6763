"""Decides who may call the service: by keys, and by the callers that bring them."""
