"""Which warning of an authority concerns the municipality, and what it is worth. Pure."""
