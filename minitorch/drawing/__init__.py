"""Pictures of graphs: as SVG, as Mermaid, as text. Nothing else imports this before ``draw`` does.

What was recorded is read off the nodes (``vertices.py``); what was not, only while ``watch`` is on
(``watching.py``). Both become boxes and arrows, those of a module one box where all do not fit
(``boxes.py``), and these one of the three forms.
"""

from minitorch.drawing.draw import draw as draw
from minitorch.drawing.picture import Picture as Picture
from minitorch.drawing.watching import watch as watch

__all__ = ["Picture", "draw", "watch"]
