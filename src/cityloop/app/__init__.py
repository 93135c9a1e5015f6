"""The composer: settings, routes, processes and the root of the command line. Nothing imports it."""
