"""Any program over a DataFrame."""
