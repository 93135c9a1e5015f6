"""The operations centre, at `/operations` (R31, R37): map, list, six numbers, one incident's loop, the last six hours.

For the duty officers who watch the city and act, and, enlarged and read-only (`?wall=1`), for everybody in the room.
"""
