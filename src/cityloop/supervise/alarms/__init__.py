"""Alarms (R19): an order whose clock ran out is brought before its department's head, once for each step and round.

For department heads and duty officers. An alarm clears by itself when the order moves on.
"""
