"""What is asked of a language model: DSPy lives here."""
