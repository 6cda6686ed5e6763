"""Step 5: shows the report as HTML and in the terminal, and checks coverage."""
