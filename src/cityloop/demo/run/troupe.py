"""The made world with everybody in it: one object that lets a minute pass and keeps its state."""

from typing import Any

from cityloop.demo.city.contracts import City
from cityloop.demo.run import keeping
from cityloop.demo.run.story import HISTORY_FROM, time_of
from cityloop.demo.staff.port import Shift
from cityloop.demo.storm.contracts import Reading
from cityloop.demo.storm.port import Sensors, TruthBook, World


class Troupe:
    """World, sensors, truth and staff.

    Args:
        city: The made city.
        begins: First minute.
    """

    def __init__(self, city: City, begins: int = HISTORY_FROM) -> None:
        self.city = city
        self.world = World(city, begins)
        self._sensors = Sensors(city)
        self._truth = TruthBook(city)
        self._shift = Shift(city, self.world)

    @property
    def minute(self) -> int:
        """The world's minute."""
        return self.world.minute

    def pass_minute(self) -> list[Reading]:
        """Let a minute pass in the world, note what is true, and return what the devices send."""
        truth = self.world.step()
        keeping.add_truth(self._truth.note(self.minute, truth))
        self._shift.look_around()
        return self._sensors.readings(self.minute, truth, self.world.plans())

    def act(self) -> int:
        """Let the staff do what is due. Returns how many acts were done."""
        return self._shift.act(time_of(self.minute))

    def keep(self) -> None:
        """Keep the state: everything up to this minute was acknowledged."""
        keeping.write_state(self.state())

    def resume(self) -> bool:
        """Go on from the kept state. False when there is none."""
        state = keeping.read_state()
        if state is None:
            return False
        self.world.restore(state["world"])
        self._sensors.restore(state["sensors"])
        self._truth.restore(state["truth"])
        self._shift.restore(state["shift"])
        return True

    def state(self) -> dict[str, Any]:
        """Everything needed to go on from here, as plain values."""
        return {
            "world": self.world.state(),
            "sensors": self._sensors.state(),
            "truth": self._truth.state(),
            "shift": self._shift.state(),
        }
