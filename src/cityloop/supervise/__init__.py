"""The room that watches: what came of each incident, which rules cry wolf, and whose clock ran out."""
