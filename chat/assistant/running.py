"""Runs a procedure: from where a conversation stands to the next thing that is said, or to a person.

The customer may speak of something else in between: the articles answer that, and the open question is asked again.
"""

from collections import Counter
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Any, Final

from chat.assent import is_consent, is_no
from chat.assistant.doing import conditions, fields, outcomes, people, replies
from chat.assistant.doing.action import Acted, Action, Identity
from chat.assistant.doing.asides import is_aside
from chat.assistant.doing.fields import FieldKind, Reading
from chat.assistant.doing.procedure import Does, Procedure, Standing, Step, Waits
from chat.assistant.ports import Ports, SiteView
from chat.assistant.steps import Answer, Answered, Doing, Handoff
from chat.assistant.trace import Trace
from chat.assistant.transcript import Role, Transcript
from chat.sentences import Sentence, say
from chat.triggers import Reason

TRIES: Final = 3  # of asking for one thing, or for a yes, or of going back to the same steps
MOST_CALLS: Final = 3  # of one action in one turn
MOST_STEPS: Final = 60  # of one turn: a procedure that leads back to itself has no end
_SPARE: Final = "\n\n"


@dataclass
class Running:
    """One turn of a procedure. `said` is what this turn says so far, `names` are people's that servers told in it."""

    procedure: Procedure
    standing: Standing
    transcript: Transcript
    spoken: str
    site: SiteView
    ports: Ports
    trace: Trace
    said: list[str] = field(default_factory=list)
    confirmed: int | None = None
    calls: Counter[int] = field(default_factory=Counter)
    names: list[str] = field(default_factory=list)

    async def answer_to(self) -> AsyncGenerator[Doing | Answer | Handoff]:
        """What this message leads to where it is for the procedure; nothing where it speaks of something else."""
        message = self.transcript.question
        if self.standing.waits is Waits.YES:
            if self.standing.confirmed or (self._is_yes(message) and self._was_just_asked()):
                self._note("yes", asked=self.standing.seq, before=self.standing.confirmed)
                self.confirmed = self.standing.seq
            elif not self._is_no(message):
                return
            elif not self._forgets_texts():
                self._note("no")
                yield self._ended(say(Sentence.NOT_DONE, self.spoken))
                return
        elif not self._fill(message):
            if self._is_no(message):
                self._note("left by the customer")
                yield self._ended(say(Sentence.LEFT, self.spoken))
            elif self._is_unclear(message):
                yield self.not_understood(Sentence.NUMBER_UNCLEAR)
            return
        async for step in self.go():
            yield step

    async def go(self) -> AsyncGenerator[Doing | Answer | Handoff]:
        """Step by step until something has to be heard, or the end."""
        for _number in range(MOST_STEPS):
            step = self.procedure.at(self.standing.place)
            if step is None:
                yield self._last()
                return
            if step.does is Does.CALL and step.action:
                if end := self._before_calling(step.action):
                    yield end
                    return
                yield Doing(say(Sentence.ASKING, self.spoken))
                end = await self._call(step, step.action)
            else:
                end = self._do(step)
            if end:
                yield end
                return
        self._note("does not end")
        yield self._person(Reason("failed", 1.0, f"{self.procedure.name}: it does not end"))

    def asked_again(self) -> str:
        """The open question once more, behind an answer to something else."""
        step = self.procedure.at(self.standing.place)
        if step is None:
            return ""
        if self.standing.waits is Waits.YES and step.action:
            return self._question_of(step.action)
        wanted = self._wanted() or next(filter(self._is_open, self.procedure.slots), None)
        return self._ask_for(wanted) if wanted else ""

    def is_answered_by(self, message: str) -> bool:
        """Whether a message is a no, or the yes that is waited for: it hears these itself, be they polite words too."""
        return self._is_no(message) or (self.hears_yes and self._is_yes(message))

    @property
    def hears_yes(self) -> bool:
        """Whether a yes would be an answer to the open question."""
        wanted = self._wanted()
        return self.standing.waits is Waits.YES or bool(wanted and wanted.kind is FieldKind.YES_NO)

    def not_understood(self, why: Sentence = Sentence.NOT_RECOGNISED) -> Answer | Handoff:
        """The message was not for the procedure, and nothing else answers it: asked again, and in the end a person."""
        self.standing = self.standing.again()
        if self.standing.tries >= TRIES:
            self._note("given up", tries=self.standing.tries)
            return self._person(Reason("procedure", 1.0, f"{self.procedure.name}: not understood"))
        self._note("asked again", tries=self.standing.tries)
        return self._clarify(f"{say(why, self.spoken)} {self.asked_again()}")

    def resumed(self, last: Answer | Handoff) -> Answer | Handoff:
        """How a turn ends that spoke of something else while this one waits."""
        if isinstance(last, Handoff):
            return last
        if last.answered == "unknown":
            return self.not_understood()
        self._note("goes on", waits=str(self.standing.waits))
        text = f"{last.text}{_SPARE}{self.asked_again()}"
        return replace(last, text=text, procedure=self.standing.as_json(), trace=self.trace.as_json(), offers="")

    # --- one step

    def _do(self, step: Step) -> Answer | Handoff | None:
        match step.does:
            case Does.ASK if step.slot and step.slot.name not in self.standing.slots:
                self._note("ask", slot=step.slot.name, kind=step.slot.kind.value)
                self._at(step.place, Waits.SLOT)
                return self._clarify(self._ask_for(step.slot))
            case Does.SAY:
                self._note("say")
                self.said += [text] if (text := self._text(step.text)) else []
            case Does.IF if step.condition:
                holds = step.condition.holds(self.standing.known, self.today)
                self._note("if", condition=_written(step.condition), holds=holds)
                if holds and step.goto is not None:
                    return self._go_to(step.goto)
            case Does.PERSON:
                self._note("person")
                self.said += [text] if (text := self._text(step.text)) else []
                return self._person(Reason("procedure", 1.0, self.procedure.name))
        self._at(step.place + 1)
        return None

    def _go_to(self, place: int) -> Answer | Handoff | None:
        """Another step. On the way from there to here all is asked for anew, of servers too; in the end a person."""
        again = [step.slot.name for step in self._between(place) if step.slot]
        if forgotten := [name for name in again if name in self.standing.slots]:
            self._note("goes back", to=place, forgets=forgotten)
            if self.standing.rounds + 1 >= TRIES:
                return self._person(Reason("procedure", 1.0, f"{self.procedure.name}: asked {TRIES} times"))
            if not self.said and self.standing.known.get("found") is False:
                self.said.append(say(Sentence.NOTHING_FOUND, self.spoken))
            slots = {name: value for name, value in self.standing.slots.items() if name not in forgotten}
            self.standing = replace(self.standing, slots=slots, rounds=self.standing.rounds + 1)
        called_again = [step.action.id for step in self._between(place) if step.action]
        self.standing = self.standing.without(called_again)
        self._at(place or _END)
        return None

    def _between(self, place: int) -> list[Step]:
        """The steps that are gone once more where `place` is behind; 0 is the end."""
        return [one for one in self.procedure.steps if 0 < place <= one.place <= self.standing.place]

    def _before_calling(self, action: Action) -> Answer | Handoff | None:
        """What stands in the way of a call: who the customer is, something that is missing, or their yes."""
        if action.needs_customer and not self._is_known_for(action):
            self._note("refused", action=action.name, identity=Identity.CUSTOMER.value)
            return replace(self._ended(say(Sentence.NEEDS_CUSTOMER, self.spoken)), offers="account")
        if missing := self._missing(action):
            self._note("ask", slot=missing.name, kind=missing.kind.value)
            self._at(self.standing.place, Waits.SLOT)
            return self._clarify(self._ask_for(missing))
        if self.calls[action.id] >= MOST_CALLS:
            self._note("called too often", action=action.name)
            return self._person(Reason("failed", 1.0, f"{self.procedure.name}: it does not end"))
        if (action.changes or _texts(action)) and self.confirmed is None:
            if action.changes and not self._text(action.asks):
                self._note("nothing to ask", action=action.name)
                return self._person(Reason("failed", 1.0, f"{action.name}: nothing to ask"))
            self._note("ask for a yes", action=action.name)
            self._at(self.standing.place, Waits.YES)
            return self._clarify(self._question_of(action))
        return None

    async def _call(self, step: Step, action: Action) -> Answer | Handoff | None:
        asked, self.confirmed = self.confirmed, None  # one yes, one deed
        self.calls[action.id] += 1
        inputs = {one.name: self._value_of(one) for one in action.inputs}
        wanted = self.procedure.wanted | ({action.email_path} if action.email_path else set())
        judged = partial(self._judged, action, inputs)
        acted = outcomes.of_this_customer(action, inputs, await self.ports.act(action, inputs, wanted, asked, judged))
        self._note(
            "call", action=action.name, host=action.host, status=acted.status, fault=acted.fault, found=acted.found,
            took_ms=round(acted.ms, 1), done_before=acted.again,
        )  # fmt: skip
        self.standing = self.standing.without({action.id})
        if acted.fault and action.changes and acted.may_have_happened:
            # No step of the owner's says what nobody knows: "it could not be done" may be wrong.
            self.said.append(say(Sentence.UNCLEAR, self.spoken))
            return self._person(Reason("failed", 1.0, f"{action.name}: {acted.fault}"))
        if acted.fault:
            if step.goto is None:
                return self._person(Reason("failed", 1.0, f"{action.name}: {acted.fault}"))
            return self._go_to(step.goto)
        read = self._read(acted)
        self.standing = self.standing.told(action.id, read)
        self.names += people.named(read)
        if step.tells and not acted.found:
            return replace(self._ended(say(Sentence.NOTHING_FOUND, self.spoken)), offers="account")
        if step.tells:
            told = self._text(action.reply) or (say(Sentence.DONE_BEFORE, self.spoken) if action.changes else "")
            self.said += [told] if told else []
        self._at(step.place + 1)
        return None

    def _judged(self, action: Action, inputs: Mapping[str, str], acted: Acted) -> Acted:
        """An answer of what should have changed something, before it is kept: no line to tell of it, no deed done."""
        if acted.fault:
            return acted
        known = self.standing.without({action.id}).told(action.id, self._read(acted)).known
        tells = not action.reply or self._text(action.reply, known)
        if tells and outcomes.of_this_customer(action, inputs, acted).found:
            return acted
        return replace(acted, fault=outcomes.SAYS_NOTHING)

    def _read(self, acted: Acted) -> dict[str, Any]:
        return {**dict(replies.leaves(acted.values, self.procedure.wanted)), "found": acted.found}

    # --- what is said

    def _last(self) -> Answer | Handoff:
        if not self.said:
            self._note("nothing to say")
            return self._person(Reason("failed", 1.0, f"{self.procedure.name}: nothing to say"))
        self._note("done")
        return self._ended()

    def _ended(self, text: str = "") -> Answer:
        return self._answer([*self.said, text], "action", {})

    def _clarify(self, text: str) -> Answer:
        return self._answer([*self.said, text], "clarify", self.standing.as_json())

    def _person(self, reason: Reason) -> Answer | Handoff:
        """A person is called: after what was said, or instead of it."""
        if not self.said:
            return Handoff((reason,), self.trace.as_json())
        return replace(self._answer(self.said, "action", {}), person=(reason,))

    def _answer(self, said: list[str], answered: Answered, procedure: dict[str, Any]) -> Answer:
        text = " ".join(one for one in said if one)
        names = tuple(sorted(set(self.names)))
        return Answer(text, (), answered, self.spoken, self.trace.as_json(), procedure=procedure, names=names)

    def _ask_for(self, wanted: fields.Field) -> str:
        """The owner's words where a step asks for it."""
        own = next((step.text for step in self.procedure.steps if step.slot and step.slot.name == wanted.name), {})
        return self._text(own) or say(fields.ASKS[wanted.kind], self.spoken)

    def _question_of(self, action: Action) -> str:
        """What will happen, with each text that goes out read back: anything may have been taken for one."""
        told = self._text(action.asks) if action.changes else ""
        texts = [
            replies.plain(self.standing.slots.get(one.name, ""), self.spoken, longest=fields.LONGEST)
            for one in _texts(action)
        ]
        read = [say(Sentence.READ_BACK, self.spoken, text=text) for text in texts if text not in told]
        asks = Sentence.CONFIRM if action.changes else Sentence.CONFIRM_TEXT
        return " ".join([*read, *([told] if told else []), say(asks, self.spoken)])

    def _text(self, texts: Mapping[str, str], known: Mapping[str, Any] | None = None) -> str:
        text, known = replies.choose(texts, self.spoken, self.site.locale), known or self.standing.known
        return replies.render(text, known, language=self.spoken, hosts=self.site.hosts, today=self.today)

    # --- where it stands

    @property
    def today(self) -> date:
        """The day, as the conditions count."""
        return self.ports.today()

    def _at(self, place: int, waits: Waits | None = None) -> None:
        tries = self.standing.tries if waits is self.standing.waits and place == self.standing.place else 0
        self.standing = replace(self.standing, place=place, waits=waits, tries=tries)

    def _fill(self, message: str) -> bool:
        """Take from the message what was asked for, and what else it tells; whether the first is there."""
        wanted = self._wanted()
        if wanted is None or (wanted.kind is FieldKind.TEXT and is_aside(message)):
            return False
        if wanted.kind is not FieldKind.YES_NO and self._is_no(message):
            return False
        value = fields.answer(wanted.kind, message, self._reading)
        if not value:
            return False
        found = {wanted.name: value, **self.standing.slots}
        for other in self.procedure.slots:
            if other.name not in found and (told := fields.said_before(other.kind, [message], self._reading)):
                found[other.name] = told
        self._note("heard", slot=wanted.name, also=sorted(set(found) - {wanted.name} - set(self.standing.slots)))
        self.standing = replace(self.standing, slots=found, tries=0)
        return True

    def _is_unclear(self, message: str) -> bool:
        """Whether a number was asked for, and the message may mean several."""
        wanted = self._wanted()
        is_number = wanted is not None and wanted.kind is FieldKind.NUMBER
        return is_number and not is_aside(message) and len(fields.numbers(message, self._reading)) > 1

    def _forgets_texts(self) -> bool:
        """After a no to nothing but a text that was read back: whether it is asked for again."""
        step = self.procedure.at(self.standing.place)
        if step is None or step.action is None or step.action.changes:
            return False
        texts = {one.name for one in _texts(step.action)}
        slots = {name: value for name, value in self.standing.slots.items() if name not in texts}
        self._note("not what was meant", forgets=sorted(texts))
        self.standing = replace(self.standing, slots=slots)
        return True

    def _is_yes(self, message: str) -> bool:
        return is_consent(message, self._about, self.spoken)

    def _is_no(self, message: str) -> bool:
        return is_no(message, self.spoken, self._about if self.standing.waits is Waits.YES else "")

    @property
    def _about(self) -> str:
        """What a yes or a no answers: the open question, and by its name what is done after a yes."""
        step = self.procedure.at(self.standing.place)
        name = step.action.name if step and step.action else ""
        return f"{name} {self.asked_again()}"

    @property
    def _reading(self) -> Reading:
        return Reading(self.site.order_numbers, self.today, self.transcript.region, self.spoken, self.asked_again())

    def _wanted(self) -> fields.Field | None:
        step = self.procedure.at(self.standing.place)
        if step is None:
            return None
        return step.slot if step.does is Does.ASK else self._missing(step.action) if step.action else None

    def _missing(self, action: Action) -> fields.Field | None:
        return next(filter(self._is_open, action.inputs), None)

    def _is_open(self, one: fields.Field) -> bool:
        """Whether it has to be asked for."""
        return one.name not in self.standing.slots and one.kind not in fields.OF_CUSTOMER

    def _is_known_for(self, action: Action) -> bool:
        """Whether the owner's server has said who the customer is, and all of it that the action takes."""
        taken = [one for one in action.inputs if one.kind in fields.OF_CUSTOMER]
        return self.transcript.customer is not None and all(map(self._value_of, taken))

    def _value_of(self, one: fields.Field) -> str:
        """What goes out for an input. Who the customer is, no message and no model says."""
        if one.kind in fields.OF_CUSTOMER:
            return _of_customer(one, self.transcript)
        return self.standing.slots[one.name]

    def _was_just_asked(self) -> bool:
        """Whether nothing was said since the question, so that a yes can only mean it."""
        if self.transcript.question_from <= self.standing.seq:
            return False
        between = [
            line for line in self.transcript.lines if self.standing.seq < line.seq < self.transcript.question_from
        ]
        return not any(line.role in (Role.VISITOR, Role.ASSISTANT, Role.AGENT) for line in between)

    def _note(self, decision: str, **evidence: Any) -> None:
        told = {"procedure": self.procedure.name, "place": self.standing.place % _END, **evidence}
        self.trace.note("procedure", decision, **told)


_END: Final = 10_000  # behind every step


def begin(
    procedure: Procedure,
    transcript: Transcript,
    spoken: str,
    site: SiteView,
    ports: Ports,
    trace: Trace,
    kind: str = "",
    given: Mapping[str, str] | None = None,
) -> Running:
    """At the first step, with what the customer has told already, `given` before all. `kind` is said first."""
    lines = [line.text for line in transcript.lines if line.role == Role.VISITOR]
    how = Reading(site.order_numbers, ports.today(), transcript.region, spoken)
    told = {one.name: fields.said_before(one.kind, lines, how) for one in procedure.slots} | dict(given or {})
    told |= {one.name: _of_customer(one, transcript) for one in procedure.slots if one.kind in fields.OF_CUSTOMER}
    slots = {name: value for name, value in told.items() if value}
    standing = Standing(procedure.key, procedure.version, 1, slots=slots)
    said = [kind.strip()] if kind.strip() else []
    running = Running(procedure, standing, transcript, spoken, site, ports, trace, said)
    trace.note("procedure", "begins", procedure=procedure.name, known=sorted(slots))
    return running


async def opened(transcript: Transcript, spoken: str, site: SiteView, ports: Ports, trace: Trace) -> Running | None:
    """The procedure in which the conversation stands."""
    if transcript.standing is None:
        return None
    procedure = (await ports.procedures()).of(transcript.standing)
    if procedure is None:
        return None
    return Running(procedure, transcript.standing, transcript, spoken, site, ports, trace)


def _of_customer(one: fields.Field, transcript: Transcript) -> str:
    if transcript.customer is None:
        return ""
    return transcript.customer.id if one.kind is FieldKind.CUSTOMER else transcript.customer.email


def _texts(action: Action) -> list[fields.Field]:
    return [one for one in action.inputs if one.kind is FieldKind.TEXT]


def _written(condition: conditions.Condition) -> str:
    return f"{condition.field} {condition.operator} {condition.value}".strip()
