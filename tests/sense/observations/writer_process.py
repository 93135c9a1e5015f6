"""A process that writes observations and says which were acknowledged, to be killed: writer_process.py STREAM.

It sends every third batch twice, as a device does that heard no answer.
"""

import os
import sys

os.environ["DJANGO_SETTINGS_MODULE"] = "cityloop.app.django_settings"

import django

django.setup()

from cityloop.sense.observations.commit import Rows  # noqa: E402 - Django first
from cityloop.sense.observations.store import store  # noqa: E402
from cityloop.sense.observations.writer import Writer  # noqa: E402
from cityloop.sense.screening.port import Limits  # noqa: E402

START_US = 1_700_000_000_000_000
ROWS_A_BATCH = 50

stream = int(sys.argv[1])
writer = Writer(store())
writer.catalogue.limits[stream] = Limits(0, 1000)
for batch in range(100_000):
    first = batch * ROWS_A_BATCH
    for _ in range(2 if batch % 3 == 0 else 1):
        times = [START_US + (first + place) * 1_000_000 for place in range(ROWS_A_BATCH)]
        run = Rows([stream] * ROWS_A_BATCH, times, [float((first + place) % 900) for place in range(ROWS_A_BATCH)])
        # Both streams' writers also write one they share: the same rows, so only one of them may be new.
        shared = Rows([99] * 5, times[:5], [1.0] * 5)
        for rows in (run, shared):
            writer.submit(rows).result(60)
        sys.stdout.write(" ".join(map(str, run.ids)) + "\n")
        sys.stdout.flush()
