"""Step 3: brings proposals to people, and their decisions back."""
