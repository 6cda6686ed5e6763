"""Step 2: plan and draft the comments that are missing."""
