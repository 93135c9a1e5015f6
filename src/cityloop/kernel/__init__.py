"""What every room stands on: organisations, people, geography, audit, events, loop links, jobs, telemetry, pages."""
