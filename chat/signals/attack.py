"""From which score on a text counts as an attack on the assistant's instructions."""

from typing import Final

# Attacks are counted, never refused for it: the rules that keep the assistant safe do not depend on a guess.
THRESHOLD: Final = 0.7
