"""People, their posts and what a post may do (R25, R26). Staff are shown as role and staff number, never by name."""
