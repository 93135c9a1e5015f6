"""Events between features: rows in an outbox, written in the transaction of the fact, delivered at least once.

Handlers are plain functions that may be called twice; a ledger row per (event, handler), written in the transaction of
the handler's own work, makes their effect happen once.
"""
