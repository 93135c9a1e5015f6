"""What the other features of the desk may call."""

from cityloop.desk.whole_loop.charts import fact_chart
from cityloop.desk.whole_loop.contracts import WholeLoop
from cityloop.desk.whole_loop.narration import loop_steps
from cityloop.desk.whole_loop.selectors import whole_loop

__all__ = ["WholeLoop", "fact_chart", "loop_steps", "whole_loop"]
