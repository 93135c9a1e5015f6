"""What the worker does again and again: tickers of fractions of a second, and durable schedules.

A ticker looks for work (new observations, pending events) and is called again at once while it finds some. A schedule
runs at most once per period however many workers there are, and survives kill -9 as a row.
"""
