"""Entering the made city into an installation, through the ports of the rooms below."""

from pathlib import Path
from typing import Final

from django.contrib.auth.hashers import make_password
from django.db import transaction

from cityloop.analyse.detection.port import ensure_rule
from cityloop.decide.responses.port import load_responses
from cityloop.demo.city.contracts import City, Site
from cityloop.demo.run.story import ZONE
from cityloop.demo.storm.port import RULES
from cityloop.kernel.geography.port import enter_cell, enter_district, replace_map
from cityloop.kernel.organisations.port import city as served_city
from cityloop.kernel.organisations.port import enter_department, found_city
from cityloop.kernel.people.contracts import Role
from cityloop.kernel.people.port import enter_person, person_by_staff_number
from cityloop.kernel.problems import Conflict
from cityloop.sense.observations import port as observations
from cityloop.serve.incidents.port import load_classes
from cityloop.serve.orders.port import load_clock_limits

# The platform's own table with the minutes this city's crews take, known from days of seeds 1 and 2.
RESPONSES: Final = Path(__file__).resolve().parent.parent / "data" / "responses.csv"
# One password for all made people: the made city runs on loopback, and the start prints it.
PASSWORD: Final = "lanchuan-2026"  # noqa: S105

# name, label, label_en, unit, least, most, fastest change an hour, stuck after s, stuck only above.
PROPERTIES: Final = (
    ("water_depth", "水深", "Water depth", "cm", 0.0, 500.0, 600.0, 1800, 1.0),
    ("manhole_level", "井内水位", "Manhole level", "cm", 0.0, 1000.0, 3000.0, 3600, 5.0),
    ("rain_rate", "雨强", "Rain intensity", "mm/h", 0.0, 300.0, None, None, None),
    ("pm25", "PM2.5", "PM2.5", "ug/m3", 0.0, 1000.0, 600.0, 10800, 5.0),
    ("noise", "噪声", "Noise", "dB(A)", 20.0, 140.0, None, 10800, 0.0),
)
KINDS: Final = {Site.RAIN: "rain", Site.UNDERPASS: "gauge", Site.ROAD: "gauge", Site.MANHOLE: "gauge"}
TITLES: Final = {
    "water": ("{place}积水", "Standing water, {place}"),
    "manhole": ("{place}水位过高", "Water level too high, {place}"),
    "air": ("{place}周边空气重污染", "Heavy air pollution near {place}"),
    "noise": ("{place}噪声超标", "Too much noise, {place}"),
}


def found(city: City) -> None:
    """Enter the whole made city or nothing: ground, departments, people, devices, rules, responses, clocks.

    Raises:
        Conflict: The installation serves another city.
    """
    served = served_city()
    if served is not None and not served.demo:
        raise Conflict(
            f"This installation serves {served.name}; the made city needs one of its own. "
            "Set CITYLOOP_HOME to an empty folder and run `cityloop demo` again."
        )
    with transaction.atomic():
        if served is None:
            found_city(name=city.name, name_en=city.name_en, time_zone=ZONE, demo=True)
        _enter_departments(city)
        _enter_ground(city)
        _enter_people(city)
        _enter_devices(city)
        load_classes()
        load_responses(RESPONSES)
        load_clock_limits()
        _enter_rules()


def _enter_departments(city: City) -> None:
    for department in city.departments:
        enter_department(
            code=department.code,
            name=department.name,
            name_en=department.name_en,
            parent_code=department.parent,
            duty_en=department.duty_en,
        )


def _enter_ground(city: City) -> None:
    for district in city.districts:
        enter_district(
            code=district.code, name=district.name, name_en=district.name_en, geometry=_polygon(district.ring)
        )
    for cell in city.cells:
        enter_cell(
            code=cell.code,
            name=cell.name,
            name_en=cell.name_en,
            district_code=cell.district_code,
            department_code=cell.department_code,
            geometry=_polygon(cell.ring),
        )
    replace_map(
        {
            "type": "Feature",
            "properties": {"kind": shape.kind, "name": shape.name, "name_en": shape.name_en, "rank": shape.rank},
            "geometry": {"type": shape.geometry_type, "coordinates": shape.coordinates},
        }
        for shape in city.features
    )


def _enter_people(city: City) -> None:
    # Hashing is slow by design; one password needs one hash.
    hashed = make_password(PASSWORD)
    for member in city.staff:
        if person_by_staff_number(member.staff_number) is None:
            enter_person(
                staff_number=member.staff_number,
                password=PASSWORD,
                role=Role(member.role),
                organization_code=member.department,
                must_change_password=False,
                check_password=False,
                password_hash=hashed,
            )


def _enter_devices(city: City) -> None:
    for name, label, label_en, unit, least, most, rate, stuck_after_s, stuck_above in PROPERTIES:
        observations.ensure_property(
            name=name,
            label=label,
            label_en=label_en,
            unit=unit,
            valid_least=least,
            valid_most=most,
            rate_max=rate,
            stuck_after_s=stuck_after_s,
            stuck_above=stuck_above,
        )
    for device in city.devices:
        thing_id = observations.ensure_thing(
            key=device.key,
            name=device.place,
            name_en=device.place_en,
            kind=KINDS.get(device.site, "sensor"),
            longitude=device.longitude,
            latitude=device.latitude,
        )
        observations.ensure_datastream(
            key=device.key,
            thing_id=thing_id,
            property=device.property,
            name=device.name,
            name_en=device.name_en,
            sensor_key=device.key,
            sensor_name=device.name,
            department_code=device.department,
        )


def _enter_rules() -> None:
    for rule in RULES:
        title, title_en = TITLES[rule.key]
        ensure_rule(
            name=rule.name,
            name_en=rule.name_en,
            property=rule.property,
            at_least=rule.at_least,
            minimum_s=rule.for_min * 60,
            gap_s=rule.gap_min * 60,
            levels=[(level, peak) for peak, level in rule.levels],
            class_kind=rule.class_kind,
            class_code=rule.class_code,
            title=title,
            title_en=title_en,
        )


def _polygon(ring: tuple[tuple[float, float], ...]) -> dict[str, object]:
    return {"type": "Polygon", "coordinates": [[list(point) for point in ring]]}
