"""Takes feedback from callers of the service, and keeps it in the database of executions."""
