"""Bringing an installation up to date: tables, the observation store, texts and reference data."""

import sys

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from cityloop.kernel import settings
from cityloop.kernel.ui.messages import compile_all
from cityloop.sense.observations.port import migrate_store
from cityloop.serve.incidents.port import load_classes


def migrate(quiet: bool = True) -> None:
    """Create or upgrade everything this release needs. It can be run again at any time; old data stay."""
    settings.home().mkdir(parents=True, exist_ok=True)
    compile_all()
    call_command("migrate", verbosity=0 if quiet else 1, interactive=False, stdout=sys.stderr)
    migrate_store()
    load_classes()


def pending_migrations() -> list[str]:
    """Migrations this release has and the database has not."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]
