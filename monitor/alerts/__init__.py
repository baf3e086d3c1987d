"""Alerts: what a person must be told, when, and the ledger that shows that it was."""
