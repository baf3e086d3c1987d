"""Two years of a town, day by day: what the register says of each channel's day is held against a slow oracle."""
