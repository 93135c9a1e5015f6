"""Things and what they measure, as OGC SensorThings 1.1 has it (R06, R13): registers, ingest, reads, import.

Every observation is screened, kept with its quality flag, and acknowledged after it was committed.
Source: OGC 18-088, SensorThings API Part 1: Sensing, version 1.1 (data array extension: clause 13).
"""
