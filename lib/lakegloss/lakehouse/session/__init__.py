"""Opens the Spark session, and finds or checks what it needs of a machine."""
