"""What follows from how a customer feels: a person is called, or offered where that is not certain, or nothing."""

from dataclasses import dataclass, replace
from typing import Final, TypeVar

from chat.assistant import feeling
from chat.assistant.steps import UNSURE, Answer, Doing, Handoff
from chat.assistant.trace import Trace
from chat.assistant.transcript import Transcript
from chat.signals.feeling import UNFELT, Feeling
from chat.weighing import Policy, calling

_Step = TypeVar("_Step", bound=Doing | Answer | Handoff)


@dataclass(frozen=True)
class Heard:
    """What was read: `calls` where a person is called now, `unsure` where one is offered after the answer."""

    felt: Feeling
    calls: Handoff | None = None
    unsure: tuple[str, ...] = ()

    def after(self, step: _Step) -> _Step:
        """The step with the offer, where it ends a turn that offers nothing else and asks for nothing."""
        if not self.unsure or not isinstance(step, Answer) or step.answered not in ("answer", "action"):
            return step
        return step if step.offers or step.person or step.procedure else replace(step, offers=UNSURE)


UNHEARD: Final = Heard(UNFELT)


def hear(
    felt: Feeling,
    transcript: Transcript,
    policy: Policy,
    trace: Trace,
    *,
    mid_procedure: bool = False,
    again: bool = False,
) -> Heard:
    """Weigh what was read. In the middle of a procedure nobody is stuck: a no, or another number, is an answer to it.

    What turns out to be none is weighed `again`, and is in the trace already.
    """
    told = feeling.everything(felt, transcript, policy, stuck=not mid_procedure)
    reasons = calling(told, policy)
    unsure = () if reasons else feeling.unsure(felt, told, transcript, policy)
    codes = ", ".join(reason.code for reason in reasons)
    if codes or not again:
        trace.note("feel", codes or felt.emotion, **felt.as_json(), **({"unsure": list(unsure)} if unsure else {}))
    return Heard(felt, Handoff(reasons, trace.as_json()) if reasons else None, unsure)
