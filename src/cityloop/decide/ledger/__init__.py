"""The ledger of decisions (R01, R38): inputs, options with their predicted effect, the choice, its reason, and the
outcome.

For the duty officer who decides, and for whoever asks later why. A prediction comes from the city's own history where
it has any (the median of measured minutes), else from the response table; its interval is checked against what
happened. Source of the intervals: sample quantiles of Weibull (Hyndman & Fan 1996, type 6,
doi:10.1080/00031305.1996.10473566), and for small samples the log-normal prediction interval (Hahn & Meeker 1991,
Statistical Intervals, section 4.7).
"""
