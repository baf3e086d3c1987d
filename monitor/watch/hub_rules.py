"""Is what a post says also to be found on the organisation's website? Pure."""
