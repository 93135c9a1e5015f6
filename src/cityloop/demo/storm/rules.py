"""The demo city's detection rules: they are entered into the platform, and they define what is true.

Water: one lane under 15 cm is the design limit of GB 50014; 27 cm is the closing depth of the mock city, 50 cm stalls
cars. PM2.5: 150 µg/m³ begins "heavy pollution" of HJ 633 (IAQI 201). Noise: 70 dB(A) is the site limit of GB 12523.
"""

from typing import Final

from cityloop.demo.storm.contracts import CityRule

# name, name_en, property, at_least, for_min, gap_min, class, levels by peak
RULES: Final[tuple[CityRule, ...]] = (
    CityRule(
        "water", "道路积水", "Standing water on the road", "water_depth", 15.0, 5, 10,
        "matter", "10999", ((15.0, 3), (27.0, 2), (50.0, 1)),
    ),
    CityRule(
        "manhole", "检查井水位过高", "Manhole water level too high", "manhole_level", 120.0, 10, 10,
        "matter", "10997", ((120.0, 4), (180.0, 3), (240.0, 2)),
    ),
    CityRule(
        "air", "空气重污染", "Heavy air pollution", "pm25", 150.0, 180, 60,
        "matter", "10998", ((150.0, 4), (200.0, 3), (250.0, 2)),
    ),
    CityRule(
        "noise", "噪声扰民", "Noise disturbs residents", "noise", 70.0, 30, 15,
        "matter", "06028", ((70.0, 4), (78.0, 3)),
    ),
)  # fmt: skip

BY_PROPERTY: Final = {rule.property: rule for rule in RULES}
