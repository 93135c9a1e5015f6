"""Numbers that people quote: a prefix, the city's day and a running number, such as AJ-20260716-0183."""
