"""Plans what to do about each asset and what to ask a model: choices, tasks, cards, packing."""
