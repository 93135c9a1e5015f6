"""The whole loop of one fact, at `/incidents/NO` (R01): from the first observation to the score and back to the rule.

For everybody who asks why something was done, and for those whose move it is: a duty officer decides here, a verifier
closes here. The arrows are read from the loop links alone; what each end says is read through the ports of its room.
"""
