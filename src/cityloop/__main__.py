"""`python -m cityloop` is the `cityloop` command."""

from cityloop.app.cli import main

main()
