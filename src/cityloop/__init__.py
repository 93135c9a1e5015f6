"""CityLoop: sense → govern → analyse → decide → serve → supervise, as one program a city can read, run and change."""

__version__ = "0.1.0"
