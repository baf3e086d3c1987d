"""Taking comments away, and the cases of it."""
