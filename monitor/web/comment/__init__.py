"""/comment/…: one comment, and everything a moderator does with it."""
