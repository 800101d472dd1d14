"""static/shared/socket.js with the thread behind it, on lines that break: nothing lost, doubled or out of order."""

from typing import Any

import pytest
from playwright.sync_api import Page
from websockets.sync.server import ServerConnection

from .stage import Frame, Stage, once, until

CLIENT = """async ([url, options]) => {
  const { Connection } = await import("/static/shared/socket.js");
  const { Thread } = await import("/static/shared/events.js");
  const { store } = await import("/static/widget/store.js");
  const kept = { token: "old", epoch: undefined };
  const states = [], errors = [];
  const thread = new Thread(() => link.again());
  const link = new Connection({
    url,
    hello: () => ({ type: "hello", token: kept.token, epoch: kept.epoch, after: thread.last }),
    receive: (frame) => {
      if (frame.type === "welcome") { kept.epoch = frame.epoch; thread.page(frame); }
      if (frame.type === "event") thread.add(frame);
      if (frame.type === "events") thread.page(frame);
      if (frame.type === "error") errors.push(frame.code);
    },
    status: (state, code) => states.push(code ? `${state} ${code}` : state),
    forget: () => { const had = kept.token; kept.token = undefined; return !!had; },
    outbox: store("tandem:test").outbox,
    times: {
      ping: 9000, deadline: 9000, glance: 9000, ack: 9000, floor: 20, ceiling: 100, spread: 60, flood: 50, ...options,
    },
  });
  link.start();
  window.client = { link, thread, states, errors, kept };
}"""


@pytest.fixture
def start(page: Page, stage: Stage) -> Any:
    """Starts a client in the page, with other times where a test needs them."""
    return lambda **times: page.evaluate(CLIENT, [stage.url, times])


def say(page: Page, *texts: str) -> None:
    """Give messages to the outbox at once."""
    page.evaluate("(texts) => texts.forEach((text) => client.link.change({ type: 'message', text }))", list(texts))


def shown(page: Page) -> list[str]:
    """What the reader sees."""
    texts: list[str] = page.evaluate("client.thread.events.map(({ text }) => text)")
    return texts


def settled(page: Page, count: int) -> None:
    """Wait until so many events are shown and nothing waits any more."""
    page.wait_for_function(
        "(n) => client.thread.events.length === n && !client.link.waiting.length", arg=count, timeout=8000
    )


def states(page: Page) -> list[str]:
    """The states of the connection, in order."""
    told: list[str] = page.evaluate("client.states")
    return told


TEXTS = [f"message {number}" for number in range(12)]


def test_messages_arrive_once_and_in_order(page: Page, stage: Stage, start: Any) -> None:
    start()
    say(page, *TEXTS)
    settled(page, len(TEXTS))
    assert shown(page) == TEXTS
    assert len({frame["id"] for frame in stage.heard_of("message")}) == len(TEXTS)


def test_an_ack_that_is_lost_with_the_line_changes_nothing(page: Page, stage: Stage, start: Any) -> None:
    def store_and_cut(stage: Stage, connection: ServerConnection, frame: Frame) -> None:
        stage.store("visitor", frame["text"], frame["id"])
        stage.cut(connection)

    stage.rules.append(once("message", store_and_cut))
    start()
    say(page, *TEXTS)
    settled(page, len(TEXTS))
    assert shown(page) == TEXTS
    assert [event["text"] for event in stage.events] == TEXTS


def test_a_line_that_is_cut_again_and_again_loses_nothing(page: Page, stage: Stage, start: Any) -> None:
    seen = [0]

    def every_fourth(stage: Stage, connection: ServerConnection, frame: Frame) -> bool:
        seen[0] += frame["type"] == "message"
        if frame["type"] != "message" or seen[0] % 4:
            return False
        if seen[0] % 8:
            stage.store("visitor", frame["text"], frame["id"]) if not _known(stage, frame) else None
        stage.cut(connection)
        return True

    stage.rules.append(every_fourth)
    start()
    say(page, *TEXTS)
    settled(page, len(TEXTS))
    assert shown(page) == [event["text"] for event in stage.events] == TEXTS


def _known(stage: Stage, frame: Frame) -> bool:
    return any(event.get("id") == frame["id"] for event in stage.events)


def test_an_ack_that_never_comes_on_a_living_line_is_asked_for_again(page: Page, stage: Stage, start: Any) -> None:
    stage.rules.append(once("message", lambda stage, connection, frame: None))
    start(ack=1000)
    say(page, "one", "two")
    settled(page, 2)
    assert shown(page) == ["one", "two"]


@pytest.mark.parametrize("code", ["bad_frame", "too_long"])
def test_a_frame_that_could_not_be_read_holds_up_nothing(page: Page, stage: Stage, start: Any, code: str) -> None:
    def unread(stage: Stage, connection: ServerConnection, frame: Frame) -> None:
        stage.send(connection, {"type": "error", "code": code, "message": ""})

    stage.rules.append(once("message", unread))
    start()
    say(page, "odd", "one", "two")
    settled(page, 2)
    assert shown(page) == ["one", "two"]
    page.reload()
    start()
    settled(page, 2)
    assert [frame["text"] for frame in stage.heard_of("message")] == ["odd", "one", "two"]


def test_what_no_frame_may_hold_is_replaced_before_it_leaves(page: Page, stage: Stage, start: Any) -> None:
    start()
    page.evaluate("client.link.change({ type: 'message', text: 'a\\0b\\ud83d \\ude00\\ud83d 👋🏽\\u202e\\ufffe' })")
    settled(page, 1)
    assert stage.heard_of("message")[0]["text"] == "a\ufffdb\ufffd \ufffd\ufffd 👋🏽\u202e\ufffe"


def test_a_hole_is_filled_on_the_same_line(page: Page, stage: Stage, start: Any) -> None:
    start()
    say(page, "one")
    settled(page, 1)
    stage.store("assistant", "lost on the way")
    stage.live(stage.store("assistant", "seen"))
    settled(page, 3)
    assert shown(page) == ["one", "lost on the way", "seen"]
    assert len(stage.heard_of("hello")) == 2
    assert states(page).count("connecting") == 1


def test_an_event_that_comes_twice_is_shown_once(page: Page, stage: Stage, start: Any) -> None:
    start()
    say(page, "one")
    settled(page, 1)
    event = stage.store("assistant", "two")
    for _ in range(3):
        stage.live(event)
    settled(page, 2)
    assert shown(page) == ["one", "two"]


def test_another_epoch_begins_anew(page: Page, stage: Stage, start: Any) -> None:
    start()
    say(page, "one", "two")
    settled(page, 2)
    stage.epoch = "two"
    stage.events[1:] = []
    stage.store("assistant", "restored")
    stage.cut(stage.sockets[0])
    page.wait_for_function("client.thread.events.at(-1)?.text === 'restored'")
    assert shown(page) == ["one", "restored"]


@pytest.mark.parametrize("code", [4001, 4012, 1011])
def test_after_a_restart_it_comes_back_by_itself(page: Page, stage: Stage, start: Any, code: int) -> None:
    start()
    page.wait_for_function("client.link.state === 'open'")
    stage.sockets[0].close(code)
    until(lambda: len(stage.heard_of("hello")) == 2)
    page.wait_for_function("client.link.state === 'open'")
    assert f"waiting {code}" in states(page)


def test_a_crowd_comes_back_spread_over_time(page: Page) -> None:
    waits = page.evaluate(
        """async () => {
          const { Connection } = await import("/static/shared/socket.js");
          const wait = (state, code, tries) => {
            const outbox = { load: () => [] };
            const link = new Connection({ url: "", hello: () => ({ type: "hello" }), receive: () => {}, outbox });
            let told = 0;
            link.later = (_, ms) => { told = ms; };
            Object.assign(link, { state, tries });
            link.lost(code);
            return told;
          };
          const many = (...how) => Array.from({ length: 500 }, () => wait(...how));
          const [restart, first] = [many("open", 4012, 0), many("connecting", 1006, 0)];
          return { restart, first, late: many("connecting", 1006, 12) };
        }"""
    )
    assert max(waits["restart"]) <= 5000
    assert sum(waits["restart"]) / 500 == pytest.approx(2500, abs=300)
    assert 500 <= min(waits["first"]) <= max(waits["first"]) <= 1000
    assert 500 <= min(waits["late"]) <= 3000
    assert 27_000 <= max(waits["late"]) <= 30_000


def test_a_line_that_only_hears_silence_is_given_up(page: Page, stage: Stage, start: Any) -> None:
    deaf = [True]
    stage.rules.append(lambda stage, connection, frame: frame["type"] == "ping" and deaf[0])
    start(ping=1100, deadline=1000)
    until(lambda: len(stage.heard_of("hello")) >= 2, 10)
    deaf[0] = False
    say(page, "still here")
    settled(page, 1)


def test_a_page_that_wakes_checks_its_line_at_once(page: Page, stage: Stage, start: Any) -> None:
    start()
    page.wait_for_function("client.link.state === 'open'")
    page.evaluate("dispatchEvent(new Event('online'))")
    until(lambda: stage.heard_of("ping"), 1)
    assert stage.heard_of("ping")[0]["hidden"] is False


def test_a_limit_is_waited_out_and_the_order_kept(page: Page, stage: Stage, start: Any) -> None:
    def slow_down(stage: Stage, connection: ServerConnection, frame: Frame) -> None:
        stage.send(
            connection, {"type": "error", "code": "rate_limited", "message": "", "id": frame["id"], "retry_after": 0.3}
        )

    stage.rules.append(once("message", slow_down))
    start()
    say(page, "one", "two", "three")
    settled(page, 3)
    assert shown(page) == ["one", "two", "three"]
    assert page.evaluate("client.errors") == ["rate_limited"]


def test_a_message_that_is_refused_does_not_hold_up_the_next(page: Page, stage: Stage, start: Any) -> None:
    def refuse(stage: Stage, connection: ServerConnection, frame: Frame) -> None:
        stage.send(connection, {"type": "error", "code": "too_long", "message": "", "id": frame["id"]})

    stage.rules.append(once("message", refuse))
    start()
    say(page, "one", "two")
    settled(page, 1)
    assert shown(page) == ["two"]


def test_an_old_outbox_that_no_server_takes_is_not_in_the_way(page: Page, stage: Stage, start: Any) -> None:
    page.evaluate(
        """() => ["a", "b".repeat(200000), " ".repeat(70000) + "c", "d"].forEach((text, n) =>
          localStorage.setItem(`tandem:test:${n} ${n}`, JSON.stringify({ type: "message", id: `${n}`, text })))"""
    )
    start()
    say(page, "e")
    settled(page, 3)
    assert shown(page) == ["a", "d", "e"]
    assert [frame["text"] for frame in stage.heard_of("message")] == ["a", "d", "e"]
    assert page.evaluate("Object.keys(localStorage)") == []


def test_a_token_that_is_refused_is_forgotten_and_the_messages_are_not(page: Page, stage: Stage, start: Any) -> None:
    def refuse(stage: Stage, connection: ServerConnection, frame: Frame) -> None:
        stage.send(connection, {"type": "error", "code": "bad_token", "message": ""})
        connection.close(4401)

    stage.rules.append(once("hello", refuse))
    start()
    say(page, "one")
    settled(page, 1)
    assert [frame.get("token") for frame in stage.heard_of("hello")] == ["old", None]


@pytest.mark.parametrize("code", [4403, 4409])
def test_a_final_no_is_final(page: Page, stage: Stage, start: Any, code: int) -> None:
    def refuse(stage: Stage, connection: ServerConnection, frame: Frame) -> None:
        stage.send(connection, {"type": "error", "code": "bad_site", "message": ""})
        connection.close(code)

    stage.rules.append(once("hello", refuse))
    start()
    page.wait_for_function("client.link.state === 'stopped'")
    page.wait_for_timeout(300)
    assert len(stage.heard_of("hello")) == 1
    assert states(page)[-1] == f"stopped {code}"
    page.evaluate("client.link.start()")
    page.wait_for_function("client.link.state === 'open'")


def test_what_waits_in_a_durable_outbox_outlives_the_page(page: Page, stage: Stage) -> None:
    visit = """async ([url, text]) => {
      const { Connection } = await import("/static/shared/socket.js");
      const { store } = await import("/static/widget/store.js");
      const link = new Connection({
        url, hello: () => ({ type: "hello" }), receive: () => {}, outbox: store("tandem:x").outbox,
        times: { floor: 20, ceiling: 40 },
      });
      if (text) link.change({ type: "message", text });
      else link.start();
      window.link = link;
    }"""
    page.evaluate(visit, [stage.url, "written in a tunnel"])
    page.reload()
    page.evaluate(visit, [stage.url, ""])
    page.wait_for_function("link.state === 'open' && !link.waiting.length")
    assert [event["text"] for event in stage.events] == ["written in a tunnel"]
    assert page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('tandem:x'))") == []


def test_two_tabs_that_write_at_once_lose_nothing(page: Page, stage: Stage) -> None:
    write = """async ([tab, count]) => {
      const { store } = await import("/static/widget/store.js");
      const { outbox } = store("tandem:two");
      for (let n = 0; n < count; n++) {
        outbox.add({ type: "message", text: `${tab} ${n}`, id: `${tab}${n}`.padStart(32, "0") });
        await new Promise((go) => setTimeout(go));
      }
      window.written = true;
    }"""
    other = page.context.new_page()
    other.goto(page.url)
    for tab, where in (("a", page), ("b", other)):
        where.evaluate(f"(args) => {{ void ({write})(args); }}", [tab, 100])
    for where in (page, other):
        where.wait_for_function("window.written")
    other.close()
    page.reload()
    loaded = page.evaluate(
        """async () => (await import("/static/widget/store.js")).store("tandem:two").outbox.load().map((f) => f.text)"""
    )
    for tab in "ab":
        assert [text for text in loaded if text[0] == tab] == [f"{tab} {number}" for number in range(100)]
