"""A made city with a known truth: first look, tests, load."""
