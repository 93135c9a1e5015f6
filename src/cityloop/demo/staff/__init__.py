"""Staff of the made city, who act by themselves at a believable speed: they decide, drive, pump, report and verify.

Each acts as the person he or she is, through the same services as the pages: permissions apply. What crews do changes
the made world: their pumps lower the water.
"""
