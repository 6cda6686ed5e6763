"""Text made safe for a terminal, a prompt or a log."""
