"""Optimises the families of prompts, and templates of reasoning, on examples of real work."""
