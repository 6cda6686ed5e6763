"""Column statistics that combine, and the keys and references found from them."""
