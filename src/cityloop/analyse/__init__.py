"""Analyse: from clean observations to episodes and incidents. See README.md."""
