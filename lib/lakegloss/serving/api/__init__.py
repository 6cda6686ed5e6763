"""The REST service: programs and comments for applications (extra `serve`)."""
