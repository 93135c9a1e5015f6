"""Search, at `/search?q=` (R37, one key shows the whole): numbers of cases, orders and decisions, devices, districts.

For staff. An exact number leads straight to its page; everybody finds only what their post lets them open.
"""
