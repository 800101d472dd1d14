"""A procedure that was left for another one is gone on with when that ends: its open question is asked again."""

from dataclasses import replace

from chat.assistant.running import Running
from chat.assistant.steps import Answer, Doing, Handoff


def instead_of(left: Running | None, begun: Running) -> Running:
    """The one that begins, above the one that it interrupts."""
    if left:
        begun.standing = begun.standing.above(left.standing)
    return begun


async def below(ended: Running, step: Doing | Answer | Handoff) -> Doing | Answer | Handoff:
    """The step, where it ends a procedure, with the open question of the next one below that is as it was then.

    A person who was offered still is, unless a yes would then answer two questions.
    """
    if not isinstance(step, Answer) or step.procedure != {} or step.person:
        return step
    standings = list(ended.standing.below)
    procedures = await ended.ports.procedures() if standings else None
    while procedures and standings:
        standing = replace(standings.pop(0), below=())
        if procedure := procedures.of(standing):
            standing = replace(standing, below=tuple(standings))
            left = replace(ended, procedure=procedure, standing=standing)
            resumed = left.resumed(step)
            if isinstance(resumed, Answer) and not left.hears_yes:
                return replace(resumed, offers=step.offers)
            return resumed
    return step
