"""OGC SensorThings 1.1 over the registers and observations of `sense` (R06, R13).

What a request asks for is read into plain values first, without Django and without I/O: its resource path
(`resource_path.py`) and its query options (`options.py`, `filter_parser.py`, `literals.py`, `expressions.py`).
Source: OGC 18-088, SensorThings API Part 1: Sensing, version 1.1; OData 4.01, part 2, URL conventions.
"""
