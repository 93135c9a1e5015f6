"""What other features may call."""

from cityloop.demo.storm.rules import BY_PROPERTY, RULES
from cityloop.demo.storm.sensors import Sensors
from cityloop.demo.storm.truth import TruthBook, fold, from_line, to_line
from cityloop.demo.storm.world import World

__all__ = ["BY_PROPERTY", "RULES", "Sensors", "TruthBook", "World", "fold", "from_line", "to_line"]
