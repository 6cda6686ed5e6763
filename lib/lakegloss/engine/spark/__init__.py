"""The two ways through Spark: in partitions, and by `ai_query`; classic sessions and Connect."""
