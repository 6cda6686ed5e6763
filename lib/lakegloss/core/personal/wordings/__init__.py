"""Lists how people of several languages shorten and word the names of columns about persons."""
