"""Step 4: writes comments by SQL statements, and takes them back."""
