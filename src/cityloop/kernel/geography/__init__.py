"""Districts, grid cells and the way from a point to the department in charge (R14, R37).

Division codes are those of GB/T 2260; a unit grid cell has the 15-digit code of GB/T 47678.3 (division 6, subdistrict
3, community 3, sequence 3). Coordinates are CGCS2000, longitude before latitude, as in GeoJSON (RFC 7946).
"""
