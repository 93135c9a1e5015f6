"""Sense: what the city's things measure, and how far it can be trusted (R06, R13)."""
