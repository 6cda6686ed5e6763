"""What holds a call back: limit in flight, breaker, budget, gate, retry."""
