"""The program as an MLflow model, and the process that serves it."""
