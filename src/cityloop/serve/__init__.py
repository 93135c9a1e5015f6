"""The room that acts: incidents, work orders and their clocks, in the national order of steps (GB/T 47678)."""
