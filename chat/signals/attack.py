"""From which score on a text counts as an attack on the assistant's instructions."""

from typing import Final

# Attacks are counted (Turn.attacked), never refused for it: no rule that keeps the assistant safe depends on a guess.
THRESHOLD: Final = 0.7
