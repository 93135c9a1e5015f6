"""All incidents of the city, at `/incidents` (R37): filtered, sorted, in pages, as CSV; and the filter of the desk.

For everybody who watches the city's work and looks for one case among many. The filters lie in the address, so a view
can be kept and passed on.
"""
