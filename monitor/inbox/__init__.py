"""The inbox: who answered whom, and what still waits for somebody."""
