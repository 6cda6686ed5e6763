"""Makes text safe for a terminal, a prompt or a log."""
