"""Step 5: the report as HTML, in the terminal, and as a check."""
