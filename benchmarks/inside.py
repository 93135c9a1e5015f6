"""What a trial does inside a trial city's own process: found it, fill it, read its state. Each prints JSON.

python -m benchmarks.inside found 20
"""

import json
import os
import sys
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cityloop.app.django_settings")
import django

django.setup()

from django.db import transaction

from benchmarks.trial_city import PASSWORD
from cityloop.analyse.detection import port as detection
from cityloop.analyse.detection.models import Episode
from cityloop.app.composition import migrate
from cityloop.decide.ledger.contracts import ActionLine
from cityloop.decide.ledger.models import Decision
from cityloop.decide.responses import port as responses
from cityloop.kernel import clock
from cityloop.kernel.events.port import counts, deliver, publish
from cityloop.kernel.loop.contracts import IncidentDetected, Ref
from cityloop.kernel.organisations.port import enter_department, found_city
from cityloop.kernel.people.contracts import Role
from cityloop.kernel.people.port import enter_person
from cityloop.sense.keys import port as keys
from cityloop.sense.observations import port as observations
from cityloop.serve.incidents.models import Incident
from cityloop.serve.orders import port as orders
from cityloop.serve.orders.models import WorkOrder


def found(streams: str) -> dict[str, object]:
    """A city with water gauges, one rule, the default responses and a duty officer."""
    migrate()
    found_city(name="试验市", name_en="Trial", time_zone="Asia/Shanghai")
    for code in ("drainage", "police"):
        enter_department(code=code, name=code)
    responses.enter_response(
        class_kind="matter",
        class_code="10999",
        level_from=1,
        level_to=4,
        key="甲",
        name="抽排并警戒",
        name_en="Pump and guard",
        automatic=True,
        expected_minutes=40,
        actions=[_action("drainage", "抽排"), _action("police", "警戒")],
        by=None,
    )
    orders.load_clock_limits()
    enter_person(
        staff_number="2107",
        password=PASSWORD,
        role=Role.DUTY_OFFICER,
        organization_code="city",
        must_change_password=False,
    )
    observations.ensure_property(name="water_depth", label="水深", unit="cm", valid_least=0, valid_most=500)
    ids = []
    for number in range(int(streams)):
        thing = observations.ensure_thing(key=f"t{number}", name=f"点位 {number}", longitude=112.0, latitude=30.0)
        ids.append(observations.ensure_datastream(key=f"d{number}", thing_id=thing, property="water_depth"))
    detection.ensure_rule(
        name="积水",
        name_en="Standing water",
        property="water_depth",
        at_least=15,
        minimum_s=300,
        gap_s=600,
        levels=[(3, 15), (1, 50)],
        class_kind="matter",
        class_code="10999",
        title="{place}积水",
        title_en="Standing water at {place}",
    )
    _, token = keys.create_key("trial")
    return {"ids": ids, "token": token}


def _action(department: str, action: str) -> ActionLine:
    return ActionLine(
        department_code=department,
        crew="一队",
        crew_en="Crew 1",
        action=action,
        action_en=action,
        expected_minutes=30,
        limit_minutes=60,
    )


def open_incidents(count: str, stream: str) -> dict[str, object]:
    """Open incidents by the way every incident comes: the event, delivered."""
    now = clock.now()
    with transaction.atomic():
        for number in range(int(count)):
            publish(
                IncidentDetected(
                    fact_key=f"trial:{number}",
                    source=Ref("episode", f"t{number}"),
                    rule=Ref("rule", "1"),
                    class_kind="matter",
                    class_code="10999",
                    level=2 + number % 3,
                    title=f"路口 {number} 积水",
                    title_en=f"Standing water at {number}",
                    longitude=112.0 + number % 40 * 0.004,
                    latitude=30.0 + number // 40 * 0.004,
                    datastream_id=int(stream),
                    property="water_depth",
                    unit="cm",
                    at_least=15.0,
                    value=20.0,
                    began_at=now - timedelta(minutes=number % 300),
                    last_at=now,
                )
            )
    while deliver():
        pass
    return {"open": Incident.objects.count()}


def state() -> dict[str, object]:
    """Every observation, episode, incident, decision and order, as far as a failure trial compares them."""
    rows: list[tuple[int, int, int]] = []
    cursor = 0
    while len(batch := observations.store().new_since(cursor, 50_000)):
        rows += zip(batch.ids.tolist(), batch.datastream_ids.tolist(), batch.time_us.tolist(), strict=True)
        cursor = batch.cursor
    episodes = Episode.objects.filter(withdrawn=False)
    incidents = Counter(Incident.objects.values_list("fact_key", flat=True))
    decisions = Counter(Decision.objects.exclude(state="superseded").values_list("incident_number", flat=True))
    work = Counter(WorkOrder.objects.values_list("decision_number", "crew", "action"))
    decided = set(Decision.objects.filter(state="decided").values_list("number", flat=True))
    return {
        "rows": rows,
        "episodes": [[one.datastream_id, one.start_at.timestamp()] for one in episodes],
        "incidents": len(incidents),
        "twice": [[str(key) for key, count in found.items() if count > 1] for found in (incidents, decisions, work)],
        "without_decision": Incident.objects.exclude(number__in=list(decisions)).count(),
        "orders": len(work),
        "without_order": len(decided - {key[0] for key in work}),
        "events": counts(),
    }


if __name__ == "__main__":
    acts: dict[str, Callable[..., dict[str, object]]] = {"found": found, "open": open_incidents, "state": state}
    json.dump(acts[sys.argv[1]](*sys.argv[2:]), sys.stdout)
