"""How calls to language models are made."""
