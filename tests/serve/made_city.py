"""A small made city for the tests of decide, serve and supervise: one cell, three departments, their staff."""

from datetime import UTC, datetime, timedelta

from django.test import Client

from cityloop.decide.ledger.contracts import ActionLine
from cityloop.decide.responses.port import enter_response
from cityloop.kernel import clock
from cityloop.kernel.events.port import deliver, publish
from cityloop.kernel.geography.port import enter_cell, enter_district
from cityloop.kernel.loop.contracts import FactChanged, IncidentDetected, Ref
from cityloop.kernel.organisations.port import enter_department, found_city
from cityloop.kernel.people.contracts import PersonView, Role
from cityloop.kernel.people.models import Person
from cityloop.kernel.people.port import enter_person, person_by_staff_number
from cityloop.serve.incidents.port import load_classes
from cityloop.serve.orders.port import load_clock_limits

START = datetime(2026, 7, 16, 9, 40, tzinfo=UTC)
CELL = "310102001001001"
STAFF = {
    "officer": ("2107", Role.DUTY_OFFICER, "city"),
    "second": ("2112", Role.DUTY_OFFICER, "city"),
    "clerk": ("3318", Role.CLERK, "drainage"),
    "head": ("3301", Role.DEPARTMENT_HEAD, "drainage"),
    "crew": ("3350", Role.WORKER, "drainage"),
    "mate": ("3351", Role.WORKER, "drainage"),
    "police": ("4401", Role.WORKER, "traffic_police"),
    "police_head": ("4400", Role.DEPARTMENT_HEAD, "traffic_police"),
    "grid": ("5312", Role.GRID_WORKER, "subdistrict"),
    "steward": ("6001", Role.STEWARD, "city"),
    "viewer": ("7001", Role.VIEWER, "city"),
}


class CityClock:
    """The city's clock in a test: it stands still until it is moved on."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        return self.at

    def forward(self, minutes: float) -> datetime:
        """Let minutes pass."""
        self.at += timedelta(minutes=minutes)
        return self.at


def found() -> None:
    """Found the city with departments, cell, staff, classes, limits and a response table."""
    found_city(name="澜川市", name_en="Lanchuan", time_zone="Asia/Shanghai")
    enter_department(code="drainage", name="市排水管理处", name_en="Drainage Office")
    enter_department(code="traffic_police", name="市交警支队", name_en="Traffic Police")
    enter_department(code="subdistrict", name="东泽街道办", name_en="Dongze Subdistrict")
    enter_district(code="310102", name="东泽区", name_en="Dongze")
    square = {"type": "Polygon", "coordinates": [[[121, 31], [122, 31], [122, 32], [121, 32], [121, 31]]]}
    enter_cell(
        code=CELL,
        name="东泽 0312",
        name_en="Dongze 0312",
        district_code="310102",
        geometry=square,
        department_code="subdistrict",
    )
    for number, role, code in STAFF.values():
        enter_person(
            staff_number=number,
            password="a test of orders",
            role=role,
            organization_code=code,
            check_password=False,
            must_change_password=False,
        )
    load_classes()
    load_clock_limits()
    enter_responses()


def enter_responses() -> None:
    """Standing water: 甲 by machine at level 4, 乙 with two departments at 1 to 3."""
    signs = ActionLine("drainage", "养护组", "Maintenance crew", "设警示", "Put up signs", 30)
    pump = ActionLine("drainage", "抢险一队", "Emergency crew 1", "泵车抽排", "Pump", 50, 90)
    guard = ActionLine("traffic_police", "", "", "现场警戒", "Guard the spot", 50, 90)
    for low, high, key, name, name_en, automatic, minutes, lines in (
        (3, 4, "甲", "设警示", "Signs", True, 70, [signs]),
        (1, 3, "乙", "抽排、警戒", "Pump and guard", False, 55, [pump, guard]),
    ):
        enter_response(
            class_kind="matter",
            class_code="10999",
            level_from=low,
            level_to=high,
            key=key,
            name=name,
            name_en=name_en,
            automatic=automatic,
            expected_minutes=minutes,
            actions=lines,
            by=None,
        )


def staff(name: str) -> PersonView:
    """A member of staff by the name they have in `STAFF`."""
    person = person_by_staff_number(STAFF[name][0])
    assert person is not None
    return person


def signed_in(name: str, language: str = "zh-hans") -> Client:
    """A browser in which somebody is signed in."""
    client = Client(headers={"accept-language": language, "accept": "text/html"})
    client.force_login(
        Person.objects.get(staff_number=STAFF[name][0]), backend="django.contrib.auth.backends.ModelBackend"
    )
    return client


def detected(fact: str = "SW-0417/1", **changes: object) -> IncidentDetected:
    """A detection of standing water at level 3."""
    values: dict[str, object] = {
        "fact_key": fact,
        "source": Ref("episode", f"e-{fact}"),
        "rule": Ref("rule", "water-underpass"),
        "class_kind": "matter",
        "class_code": "10999",
        "level": 3,
        "title": "青溪下穿隧道积水",
        "title_en": "Water in the Qingxi underpass",
        "longitude": 121.5,
        "latitude": 31.5,
        "datastream_id": 417,
        "property": "water_depth",
        "unit": "cm",
        "at_least": 15.0,
        "value": 15.2,
        "began_at": START - timedelta(minutes=1),
        "last_at": START,
    }
    return IncidentDetected(**(values | changes))  # type: ignore[arg-type]


def changed(fact: str = "SW-0417/1", **changes: object) -> FactChanged:
    """What the fact did since."""
    values: dict[str, object] = {
        "fact_key": fact,
        "level": 3,
        "peak": 15.2,
        "peak_at": START,
        "last_at": START,
        "ended": False,
        "ended_at": None,
    }
    return FactChanged(**(values | changes))  # type: ignore[arg-type]


def send(*events: object) -> None:
    """Publish events and deliver until nothing waits."""
    from django.db import transaction

    with transaction.atomic():
        for event in events:
            publish(event)  # type: ignore[arg-type]
    settle()


def settle() -> None:
    """Deliver until nothing waits; an event that can't be delivered fails the test."""
    for _ in range(50):
        if not deliver():
            break
    from cityloop.kernel.events.models import OutboxEvent

    stuck = list(OutboxEvent.objects.exclude(state="delivered").values_list("kind", "error"))
    assert not stuck, stuck


__all__ = [
    "CELL",
    "START",
    "CityClock",
    "changed",
    "clock",
    "detected",
    "found",
    "send",
    "settle",
    "signed_in",
    "staff",
]
