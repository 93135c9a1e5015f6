"""Pages that show several rooms at once: first page, operations, incidents, the whole loop of one fact, search."""
