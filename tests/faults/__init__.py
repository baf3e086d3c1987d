"""Faults caused for real to a whole house: processes, services and disks. What came of it is counted outside, at the
emulated platforms and at the mail server. `make soak` goes on with them for as long as it is told."""
