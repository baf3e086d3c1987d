"""The alerts: what is told, when, to whom, and that it arrives once."""
