"""The newest value of everything the city measures (R37), read at most once a second for all open pages of the desk.

For the other features of the desk; it has no page and no table of its own.
"""
