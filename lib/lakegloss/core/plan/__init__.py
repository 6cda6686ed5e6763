"""What to do about each asset, and what a model is asked: choices, tasks, cards, packing."""
