"""What has to be in order before anything happens. Pure."""
