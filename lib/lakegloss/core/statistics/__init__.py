"""Says how sure a measured mean or difference is: intervals, tests, and ranks."""
