"""What grows with what is stored, and what with what has changed."""
