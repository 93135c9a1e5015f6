"""The loop itself (R01): every step from a sensed fact to its score is a link, and all is read from links."""
