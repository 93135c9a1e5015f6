"""A storm day over Lanchuan whose true incidents are known: rain, water in underpasses, on roads and in manholes, heavy
air in the morning, noise at night; and sensors that stick, drift, drop out and spike. All of it from the seed.

The water follows a storage balance for each spot (rational method for the inflow, linear reservoir for its delay,
drains with a fixed capacity): V. T. Chow, D. R. Maidment, L. W. Mays, Applied Hydrology,
McGraw-Hill 1988, chapters 8 and 15.
"""
