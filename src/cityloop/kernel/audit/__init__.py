"""The audit trail: who did what to which thing, why, in the transaction of the fact (R25, R27). It is not a log."""
