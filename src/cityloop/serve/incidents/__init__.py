"""Incidents 案件 (R01, R14, R41): opened from a detected fact, classed, numbered, and led through the steps of GB/T
47678.

collect → open 立案 → dispatch 派遣 → handle 处置 → report back 反馈 → verify and close 核查结案 → assess 评价, with
return 回退, rework 返工 and void 作废. The same fact opens one incident, however often it is reported. Classes are
those of GB/T 47678.5-2026, loaded as data. Source of the steps: national.md §1 (扶政办〔2019〕3号; GB/T 30428, now
47678).
"""
