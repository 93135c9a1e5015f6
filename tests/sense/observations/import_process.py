"""A process that imports a file, to be killed by a test: import_process.py FILE MAPPING. Prints the report."""

import json
import os
import sys
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "cityloop.app.django_settings"

import django

django.setup()

from django.core.management import call_command  # noqa: E402 - Django first

from cityloop.sense.observations.cli import read_mapping  # noqa: E402
from cityloop.sense.observations.import_file import import_files  # noqa: E402

call_command("migrate", verbosity=0, interactive=False)
report = import_files(
    [Path(sys.argv[1])], read_mapping(Path(sys.argv[2])), reject=lambda _row: None, progress=lambda _bytes: None
)
sys.stdout.write(json.dumps(report.document()))
