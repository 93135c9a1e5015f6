"""The city's own base map for the pages of the desk (R37): read once for each version, drawn from our own vector data.

For the other features of the desk; it has no page and no table of its own.
"""
