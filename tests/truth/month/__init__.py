"""A month of fifty channels: whether somebody heard of whoever waited too long, in time, once, at the right hour."""
