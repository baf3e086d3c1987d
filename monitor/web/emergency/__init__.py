"""The crisis pages: beginning, writing, approving, following, gathering."""
