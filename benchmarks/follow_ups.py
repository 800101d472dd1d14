"""How well short questions that lean on the one before are understood: python benchmarks/follow_ups.py.

Recall@1 of the question alone, of both joined to one, of the mean of these two, and of what the assistant takes
(chat/assistant/respond.py).
"""

import json
from operator import attrgetter

from demo_site import QUESTIONS, start

start()

from django.utils import timezone  # noqa: E402

from chat.assistant import follow_up  # noqa: E402
from knowledge import answerable, demo, index, indexing, search  # noqa: E402


def main() -> None:
    site = demo.load()
    index.own()
    while indexing.sweep(now=timezone.now(), seconds=60):
        pass
    threshold = answerable.threshold(site)
    rows = [json.loads(line) for line in (QUESTIONS / "follow-ups.jsonl").read_text("utf-8").splitlines()]
    right = {"alone": 0, "joined": 0, "mean": 0, "taken": 0}
    for row in rows:
        alone = search.find(site=site, question=row["text"], language=row["language"])
        joined = search.find(site=site, question=follow_up.joined(row["before"], row["text"]), language=row["language"])
        mean = search.find(site=site, question=row["text"], before=row["before"], language=row["language"])
        tries = [mean, alone] if follow_up.leans(row["text"]) else [alone, mean]
        if follow_up.says_nothing(row["text"]):
            tries = [mean, joined]
        taken = next((one for one in tries if one.probability >= threshold), max(tries, key=attrgetter("probability")))
        ways = {"alone": alone, "joined": joined, "mean": mean, "taken": taken}
        for name, found in ways.items():
            right[name] += bool(found.passages) and found.passages[0].slug in row["relevant"]
        first = {name: (f.passages[0].slug, round(f.probability, 2)) for name, f in ways.items() if f.passages}
        print(row["before"], "|", row["text"], "|", first)
    print({name: f"{count}/{len(rows)}" for name, count in right.items()})


if __name__ == "__main__":
    main()
