"""Work orders 工单 (R01, R14, R41): one department's task with its clocks, from dispatch to report back, return and
rework.

For a department's desk (`/orders`), its crews and grid workers (`/orders/mine`), and the duty officer. An order comes
from a decision on an incident; every limit is data (`data/clock_limits.csv` is where a city starts), never a constant.
"""
