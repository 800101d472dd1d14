"""static/shared/events.js: the same fold as chat/fold.py, and a thread without holes, doubles or stale previews."""

import random
from dataclasses import asdict
from typing import Any

from playwright.sync_api import Page

from chat.fold import Entry, fold

KINDS = (
    *["message"] * 3, "note", "offered", "escalated", "returned", "claimed",
    "released", "handed_back", "resolved", "reopened", "feedback", "disputed", "transferred", "snoozed", "told",
    "asked", "replied", "erased", "rated",
)  # fmt: skip
TEAM = ("feedback", "disputed", "snoozed", "replied")


def _random_event(seq: int, chance: random.Random) -> dict[str, Any]:
    kind = chance.choice(KINDS)
    role = "visitor" if kind in (*TEAM, "rated") else "system"
    role = chance.choice(("visitor", "assistant", "agent")) if kind == "message" else role
    event: dict[str, Any] = {"seq": seq, "prev": seq - 1, "kind": kind, "at": f"2026-11-25T09:{seq:02}:00.000Z"}
    event["from"] = {"role": role}
    if kind == "message" and role == "visitor":
        mood = {"mood": round(chance.uniform(-1, 1), 3)}
        event |= chance.choice(({}, mood, {"mood": 0.0, "language": chance.choice(("de", "fr"))}, {"aside": True}))
    if role == "assistant":
        event["answered"] = chance.choice(("answer", "unknown", "clarify"))
    if kind == "claimed":
        event |= {"agent": chance.choice(("m1", "m2")), "name": "Maya"}
    if kind == "transferred":
        to = chance.choice((("agent", "m2", "Noor"), ("team", "t1", "Returns"), ("team", None, None)))
        event["to"] = dict(zip(("kind", "id", "name"), to, strict=True))
    if kind == "reopened":
        event |= chance.choice(({}, {"handler": "queue"}))
    return event


def _entry(event: dict[str, Any]) -> Entry:
    body = {key: value for key, value in event.items() if key not in ("seq", "prev", "kind", "at", "from")}
    visible = "team" if event["kind"] in TEAM or event["kind"] == "note" else "all"
    return Entry(event["seq"], event["kind"], visible, event["from"]["role"], event["at"], body)


def test_both_folds_say_the_same_of_every_log(page: Page) -> None:
    chance = random.Random(20261125)
    logs = [[_random_event(seq, chance) for seq in range(1, chance.randint(2, 40))] for _ in range(300)]
    states = page.evaluate(
        """async (logs) => {
          const { apply, initial } = await import("/static/shared/events.js");
          return logs.map((log) => log.reduce(apply, initial()));
        }""",
        logs,
    )
    assert states == [asdict(fold(map(_entry, log))) for log in logs]


def test_apply_leaves_the_state_that_it_is_given(page: Page) -> None:
    assert page.evaluate(
        """async () => {
          const { apply, initial } = await import("/static/shared/events.js");
          const before = Object.freeze(initial());
          Object.freeze(before.moods);
          const event = { seq: 1, prev: 0, kind: "message", at: "x", from: { role: "visitor" }, mood: -1 };
          const after = apply(before, event);
          return [before.last_seq, before.moods.length, after.last_seq, after.moods.length];
        }"""
    ) == [0, 0, 1, 1]


THREAD = """async ([steps]) => {
  const { Thread } = await import("/static/shared/events.js");
  let asked = 0;
  const thread = new Thread(() => { asked += 1; });
  const event = (seq, prev = seq - 1) => ({ seq, prev, kind: "message", at: "x", from: { role: "visitor" } });
  const trail = [];
  for (const [what, value] of steps) {
    if (what === "add") thread.add(event(...value));
    else if (what === "page") thread.page({ ...value, events: value.events.map((seq) => event(...[seq].flat())) });
    else if (what === "answer") thread.add({ ...event(value), from: { role: "assistant" }, turn: "t1" });
    else if (what === "escalate") thread.add({ ...event(value), kind: "escalated" });
    else thread.preview(value);
    trail.push([thread.events.map(({ seq }) => seq), asked, thread.turn && thread.turn.text]);
  }
  return trail;
}"""


def _play(page: Page, *steps: tuple[str, Any]) -> list[list[Any]]:
    played: list[list[Any]] = page.evaluate(THREAD, [list(map(list, steps))])
    return played


def test_a_hole_asks_once_and_shows_nothing_beyond_it(page: Page) -> None:
    trail = _play(page, ("add", [1]), ("add", [3]), ("add", [4]), ("page", {"events": [2, 3]}), ("add", [4]))
    assert [seqs for seqs, _, _ in trail] == [[1], [1], [1], [1, 2, 3, 4], [1, 2, 3, 4]]
    assert trail[-1][1] == 1


def test_events_that_come_between_two_pages_wait_for_their_turn(page: Page) -> None:
    pages = [("page", {"events": seqs, "more": more}) for seqs, more in (([1, 2], True), ([3, 4], False))]
    trail = _play(page, pages[0], ("add", [5]), pages[1])
    assert [seqs for seqs, _, _ in trail] == [[1, 2], [1, 2], [1, 2, 3, 4, 5]]
    assert trail[-1][1] == 0


def test_what_a_reader_may_not_see_is_no_hole(page: Page) -> None:
    assert _play(page, ("add", [1]), ("add", [4, 1]))[-1][:2] == [[1, 4], 0]


def test_earlier_events_go_to_the_front_and_only_where_they_fit(page: Page) -> None:
    newest, strange, older = ({"events": seqs} for seqs in ([[7, 5], 8], [3, 4], [4, 5]))
    trail = _play(page, ("page", newest), ("page", strange), ("page", older))
    assert [seqs for seqs, _, _ in trail] == [[7, 8], [7, 8], [4, 5, 7, 8]]


def test_reset_begins_anew(page: Page) -> None:
    assert _play(page, ("add", [1]), ("add", [2]), ("page", {"events": [1], "reset": True}))[-1][0] == [1]


def _delta(text: str, offset: int, attempt: int = 1, turn: str = "t1") -> tuple[str, Any]:
    return "preview", {"turn": turn, "attempt": attempt, "offset": offset, "text": text}


def test_a_preview_grows_by_code_points_and_a_higher_attempt_begins_again(page: Page) -> None:
    steps = (_delta("👋🏽 a", 0), _delta("b", 4), _delta("late", 0, attempt=0), _delta("new", 0, attempt=2))
    assert [text for _, _, text in _play(page, *steps)] == ["👋🏽 a", "👋🏽 ab", "👋🏽 ab", "new"]


def test_a_preview_with_a_missing_piece_waits_for_a_new_beginning(page: Page) -> None:
    assert [text for _, _, text in _play(page, _delta("ab", 0), _delta("x", 9), _delta("abc", 0))] == [
        "ab",
        "ab",
        "abc",
    ]


def test_the_answer_ends_its_preview_for_good(page: Page) -> None:
    assert _play(page, ("add", [1]), _delta("ab", 0), ("answer", 2), _delta("c", 2))[-1][2] is None


def test_no_preview_once_a_person_is_called(page: Page) -> None:
    trail = _play(page, ("add", [1]), _delta("ab", 0), ("escalate", 2), _delta("abc", 0, 9, "t2"))
    assert [text for _, _, text in trail] == [None, "ab", None, None]
