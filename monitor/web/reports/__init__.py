"""Reports on how residents were answered."""
