"""Comments taken over from a like column: who inherits, from whom, in which words."""
