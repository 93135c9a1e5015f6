"""Detection (R01, R13): rules kept as data find episodes in observations, online and over history alike.

For the steward who keeps the rules and everybody who asks why an incident was opened. The first kind of rule is the
*sustained exceedance*: a value stays at or above a threshold for a while. The method is our own, defined in `episodes`.
"""
