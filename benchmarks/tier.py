"""How long it takes to choose a tier, with a trained router and without: python benchmarks/tier.py.

A new question each time, of twelve words and of a pasted page; at most 2 ms at the median. The router is the largest
that training makes (250 trees), fitted on made-up questions: its speed does not depend on what it learnt.
"""

import asyncio
import statistics
import time
from decimal import Decimal

from demo_site import start

start()

import numpy as np  # noqa: E402

from chat.assistant.tiers import Tier, Tiers, choose  # noqa: E402
from chat.crossing import think  # noqa: E402
from chat.learned import difficulty, fitting  # noqa: E402
from chat.prices import Price, TierName  # noqa: E402
from chat.signals.feeling import Feeling  # noqa: E402

TIMES = 300
SHORT = "How do I send back jacket number {} if the box is gone?"
PAGE = "Order {}: " + "I called on Monday, then wrote (twice), and the answer was 3 lines long. " * 40


async def main() -> None:
    chance = np.random.default_rng(0)
    texts = [SHORT.format(n) * int(chance.integers(1, 6)) for n in range(400)]
    trees = fitting.fit_trees(difficulty.signs(texts), chance.normal(size=400), trees=250)
    price = Price(Decimal(1), Decimal(2))
    by_name = {name: Tier(name, "openai:x", price, 8192, 20.0) for name in TierName}

    async def gain(question: str) -> float:
        return await think(lambda: float(trees.predict(difficulty.signs([question]))[0]))

    for name, tiers in (("trained", Tiers(by_name, gain=gain)), ("by length", Tiers(by_name))):
        for kind, text in (("short", SHORT), ("a page", PAGE)):
            ms = []
            for number in range(TIMES):
                began = time.perf_counter()
                await choose(tiers, text.format(number), Feeling(), None)
                ms.append(1000 * (time.perf_counter() - began))
            print(f"{name}, {kind}: {statistics.median(ms):.2f} ms at the median, {sorted(ms)[-4]:.2f} ms in 99 of 100")


if __name__ == "__main__":
    asyncio.run(main())
