"""The response table (R01, R38): for each class and level of incident, what the city can do, who does it, and how long
it takes.

For the stewards who keep the table and the duty officers who choose from it. Every incident gets a proposal: a class
without a row gets a check on the spot. The table that comes along is ours, a starting point to edit; its minutes are
experience, not measurement, and give way to the city's own history (see `decide.ledger`).
"""
