"""The inbox: who answered whom, and what waits."""
