"""Step 3: proposals to people, and their decisions back."""
