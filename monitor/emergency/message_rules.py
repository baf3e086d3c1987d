"""What may become of a message, who may approve it, and what is wrong with it before it goes out. Pure."""
