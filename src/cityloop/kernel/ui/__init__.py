"""What every page is made of: frames, parts of a page, forms, tables, charts, the map, live refresh and messages.

The renderers (`chart`, `map`, `table`) are pure: values in, SVG or rows out, no Django, so that they run in a notebook
and in a test as they run here. Templates, tags and scripts turn them into pages that are complete without a script, in
two languages and two themes, under a content policy that allows nothing inline.
Requirements: R37 (one map), and the look set down in the design mock.
"""
