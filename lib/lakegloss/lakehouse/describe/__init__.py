"""Step 2: plans and drafts the comments that are missing."""
