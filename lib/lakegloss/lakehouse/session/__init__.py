"""The Spark session, and what it needs of a machine."""
