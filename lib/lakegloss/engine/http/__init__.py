"""The way to an endpoint over HTTP."""
