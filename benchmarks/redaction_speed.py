"""What taking personal data out costs: `.venv/bin/python -m benchmarks.redaction_speed`. Target: 3 ms for 500 characters."""

import statistics
import time

from supportsite import redact
from supportsite.redaction import recogniser

DENSE = (
    "Hello, my name is Anna Schmidt and I ordered a Trail Runner 2 in March. The parcel went to Hauptstraße 12, 10115 Berlin "
    "but I live at 5 Rue de la Paix, 75002 Paris. Please call me on +49 30 901820 or write to anna@mail.example. My card is "
    "4111 1111 1111 1111 and the order is NP-123456. "
)
PLAIN = (
    "I bought a tent with you last summer and on our trip last week one of the seams at the shoulder strap came undone. "
    "Is that still covered, and how long does a repair take? We leave again at the end of next month, so I would need it "
    "back by then. If it takes longer, could I have a new one instead? I still have the receipt. "
)


def main() -> None:
    """Print CPU and wall milliseconds of each text, 500 characters long."""
    began = time.perf_counter()
    recogniser.model()
    print(f"loading {1000 * (time.perf_counter() - began):.0f} ms")
    for name, text in (("full of personal data", DENSE), ("with none", PLAIN)):
        told = (text * 3)[:500]
        cpu, wall = [], []
        for _ in range(300):
            at, began = time.thread_time(), time.perf_counter()
            redact.find(told, ("US", "GB", "IE"))
            cpu.append(1000 * (time.thread_time() - at))
            wall.append(1000 * (time.perf_counter() - began))
        print(
            f"{name}: CPU ms p50 {statistics.median(cpu):.2f}, wall p50 {statistics.median(wall):.2f}, least {min(wall):.2f}"
        )
    for many in (40, 200, 400):
        _conversation(many)


def _conversation(many: int) -> None:
    """Print what a redactor costs that reads so many lines, none of them like another: at first, and at a later turn."""
    sentences = [sentence.strip() for sentence in (DENSE + PLAIN).replace("?", ".").split(". ") if sentence.strip()]
    lines = [f"{sentences[n % len(sentences)]}. {sentences[n * 7 % len(sentences)]}, {n}." for n in range(many)]
    took = []
    for _ in range(2):
        at = time.thread_time()
        redact.Redactor(lines)
        took.append(1000 * (time.thread_time() - at))
    print(
        f"{many} lines, {sum(map(len, lines))} characters: CPU ms {took[0]:.0f} at first, {took[1]:.0f} at each later turn"
    )


if __name__ == "__main__":
    main()
