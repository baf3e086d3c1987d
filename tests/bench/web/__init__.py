"""How soon the pages are there among a million comments."""
