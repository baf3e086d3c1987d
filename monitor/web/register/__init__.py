"""Today, and what the organisation keeps in order: channels, decisions, people, the watch, the log, the settings."""
