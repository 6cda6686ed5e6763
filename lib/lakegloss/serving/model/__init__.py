"""Packages a program as an MLflow model, and runs the process that serves it."""
