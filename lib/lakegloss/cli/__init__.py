"""Everything typed at a terminal, and what jobs read of their arguments."""
