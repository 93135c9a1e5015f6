"""Whether the program lives, whether it can work, and its figures for Prometheus (R20)."""
