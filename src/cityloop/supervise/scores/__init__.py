"""Scores (R01, R05): per incident, department and class the time of each step, what was on time, and predicted against
measured.

For the duty officer, the departments and the stewards of rules: the last arrow of the loop, back to the rule that
spoke. A rule is named as crying wolf when its share of false alarms is high beyond chance (Wilson's lower bound; E. B.
Wilson 1927, doi:10.1080/01621459.1927.10502953). The weights of a score are ours, after case_indicators.csv (Jinniu
district: on time, rework and overdue count).
"""
