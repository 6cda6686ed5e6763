"""What the service keeps of executions, in its own database, and the way from there to the lake."""
