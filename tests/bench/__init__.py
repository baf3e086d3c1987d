"""Measurements, not part of the suite: `make bench`."""
