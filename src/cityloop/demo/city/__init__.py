"""The made city 澜川 Lanchuan: its ground, devices and people, the same for the same seed (R37, first part).

Pure but for `services.py`, which enters the description into a fresh installation through the ports of the rooms below.
The ground is drawn after the project's own mock map (`demo/data/lanchuan.json`); blocks are generated.
"""
