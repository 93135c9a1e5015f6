"""Blocks of buildings: grid cells are divided by streets again and again until blocks fit their quarter."""

import random
from collections.abc import Sequence
from math import hypot

from cityloop.demo.city.polygons import Point, Ring, area, contains, inset, keep_side, long_axis, middle

# Sizes in units of the drawing (17.5 m): a block in the middle of the city is about 280 m long, outside twice that.
AREA_INNER = 190.0
AREA_OUTER = 520.0
MIDDLE: Point = (420.0, 270.0)
STREET = 1.5
CLEARANCE = 1.3
DEPTH_MAX = 12
# A block that would stand in a park is divided further, down to this, so that only what touches the park is lost.
AREA_LEAST = 45.0


def blocks(ground: Sequence[Ring], spared: Sequence[Sequence[Point]], rng: random.Random) -> list[Ring]:
    """Divide pieces of ground into blocks.

    Args:
        ground: Rings that do not overlap.
        spared: Rings of parks: no block stands in one, and open ground remains along it.
        rng: The city's dice.

    Returns:
        Rings with coordinates to half a unit.
    """
    found: list[Ring] = []
    for ring in ground:
        for leaf in _divided(ring, rng, 0):
            found += _built_on(leaf, spared)
    return [block for block in (_rounded(block) for block in found) if len(block) >= 3]


def _built_on(leaf: Ring, spared: Sequence[Sequence[Point]]) -> list[Ring]:
    block = inset(leaf, CLEARANCE / 2)
    if len(block) < 3 or abs(area(block)) < 20:
        return []
    if not _touches(block, spared):
        return [block]
    if abs(area(leaf)) < AREA_LEAST * 2:
        return []
    along, _ = long_axis(leaf)
    back = (-along[0], -along[1])
    parts = (keep_side(leaf, middle(leaf), normal) for normal in (along, back))
    return [one for part in parts if len(part) > 2 for one in _built_on(part, spared)]


def _divided(ring: Ring, rng: random.Random, depth: int) -> list[Ring]:
    size = abs(area(ring))
    at = middle(ring) if size > 1 else ring[0]
    outwards = min(1.0, hypot(at[0] - MIDDLE[0], at[1] - MIDDLE[1]) / 420.0)
    wanted = (AREA_INNER + (AREA_OUTER - AREA_INNER) * outwards) * rng.uniform(0.7, 1.5)
    if size < wanted or depth >= DEPTH_MAX:
        return [ring]
    along, _ = long_axis(ring)
    # A little to one side of the middle and a few degrees askew: no two blocks are alike, as in a grown town.
    slant = rng.uniform(-0.09, 0.09)
    normal = (along[0] - slant * along[1], along[1] + slant * along[0])
    shift = rng.uniform(-0.12, 0.12) * size**0.5
    cut = (at[0] + along[0] * shift, at[1] + along[1] * shift)
    gap = (STREET if depth < 3 else STREET * 0.4) / 2
    first = keep_side(ring, (cut[0] + normal[0] * gap, cut[1] + normal[1] * gap), normal)
    back = (-normal[0], -normal[1])
    second = keep_side(ring, (cut[0] + back[0] * gap, cut[1] + back[1] * gap), back)
    parts = [part for part in (first, second) if len(part) > 2 and abs(area(part)) > 20]
    return [leaf for part in parts for leaf in _divided(part, rng, depth + 1)]


def _touches(block: Ring, spared: Sequence[Sequence[Point]]) -> bool:
    at = middle(block)
    probes = [at, *block, *(((x + at[0]) / 2, (y + at[1]) / 2) for x, y in block)]
    probes += [((x + u) / 2, (y + v) / 2) for (x, y), (u, v) in zip(block, [*block[1:], block[0]], strict=True)]
    return any(contains(ring, *probe) for ring in spared for probe in probes)


def _rounded(block: Ring) -> Ring:
    found: Ring = []
    for x, y in block:
        corner = (round(x * 2) / 2, round(y * 2) / 2)
        if not found or corner != found[-1]:
            found.append(corner)
    return found[:-1] if len(found) > 1 and found[0] == found[-1] else found
