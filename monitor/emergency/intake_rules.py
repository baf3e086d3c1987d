"""What a resident's words during an incident are, and which of them are about the same thing. Pure."""
