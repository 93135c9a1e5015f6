"""Keys of devices and gateways: what a machine shows to write observations (R25).

Hashed at rest, revocable, shown once.
"""
