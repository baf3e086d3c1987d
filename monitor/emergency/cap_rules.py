"""What CAP 1.2 means beyond what its schema can say. Pure."""
