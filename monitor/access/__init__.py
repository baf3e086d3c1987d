"""Who may come in, and what they may do there: accounts, sessions, and the one matrix of permissions."""
