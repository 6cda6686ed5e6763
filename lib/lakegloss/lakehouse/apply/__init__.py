"""Step 4: write comments as statements, and take them back."""
