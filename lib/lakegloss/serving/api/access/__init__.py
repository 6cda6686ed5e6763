"""Who may call the service: keys and the callers that bring them."""
