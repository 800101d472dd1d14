"""Actions and procedures as an owner writes them: texts by language, a header a line, inputs and steps as rows."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms.models import BaseInlineFormSet
from django.utils.translation import gettext_lazy as _

from supportsite.sites.forms import Lines

from . import doings, dry, outside
from .action_rows import Action, Identity, Method, Procedure, ProcedureStep, StepKind, field_name
from .assistant.doing import action as doing
from .assistant.doing import conditions, replies, tools
from .assistant.doing.conditions import Condition, Operator
from .assistant.doing.fields import OF_CUSTOMER, Field, FieldKind

LONGEST: Final = 3000
_LINE: Final = re.compile(r"([a-z]{2,3})\s*:\s*(\S.*)\Z")


class Texts(forms.CharField):
    """A text for each language; each line begins with its language, and a language may have several lines."""

    widget = forms.Textarea(attrs={"rows": 4, "cols": 70})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=LONGEST, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """The texts as lines; what somebody typed stays as it was."""
        if not isinstance(value, dict):
            return value
        return "\n".join(f"{code}: {line}" for code, text in value.items() for line in text.splitlines())

    def to_python(self, value: Any) -> Any:
        """The texts by language. Raises ValidationError for a line without one, or one that cannot be filled in."""
        if isinstance(value, dict):
            return value
        texts: dict[str, list[str]] = {}
        for line in filter(str.strip, str(value or "").splitlines()):
            found = _LINE.match(line.strip())
            if found is None:
                raise ValidationError(_("“%(line)s” names no language. Write en: Hello."), params={"line": line})
            texts.setdefault(found[1], []).append(found[2])
        joined = {code: "\n".join(lines) for code, lines in texts.items()}
        try:
            replies.names(joined)
        except replies.BadText as error:
            raise ValidationError(_("“%(line)s” cannot be read."), params={"line": error.line}) from error
        return joined

    def validate(self, value: Any) -> None:
        """Its length was checked as it was written."""

    def run_validators(self, value: Any) -> None:
        """The same."""

    def clean(self, value: Any) -> Any:
        """Bounded before it is read."""
        if len(str(value or "")) > LONGEST:
            raise ValidationError(_("No more than %(most)s characters."), params={"most": LONGEST})
        return self.to_python(value)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether a text is another one; what cannot be read is one."""
        try:
            return bool((initial or {}) != self.to_python(data))
        except ValidationError:
            return True


class Headers(Lines):
    """A header a line: its name, a colon, its value."""

    def prepare_value(self, value: Any) -> Any:
        """As lines."""
        return "\n".join(f"{name}: {said}" for name, said in value.items()) if isinstance(value, dict) else value

    def to_python(self, value: Any) -> Any:
        """By name. Raises ValidationError for a line without a colon."""
        if isinstance(value, dict):
            return value
        found = {}
        for line in super().to_python(value):
            name, colon, said = line.partition(":")
            if not colon:
                raise ValidationError(_("“%(line)s” is no header. Write Name: value."), params={"line": line})
            found[name.strip()] = said.strip()
        return found

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether a header is another one; what cannot be read is one."""
        try:
            return bool((initial or {}) != self.to_python(data))
        except ValidationError:
            return True


class ActionForm(forms.ModelForm):  # type: ignore[type-arg]
    """An action."""

    headers = Headers(
        label=_("Headers"),
        required=False,
        help_text=_(
            "One in a line, such as Authorization: Bearer $ACTION_SHOP_TOKEN. A secret is named by a variable of the "
            "environment that begins with ACTION_, and never written here."
        ),
    )
    asks = Texts(
        label=_("What the customer is asked"),
        help_text=_("What will happen, one line for each language: en: I will cancel order {order_number}."),
    )
    reply = Texts(
        label=_("Reply"),
        help_text=_(
            "Lines for each language. {state} is a field of the answer or an input. A line may begin with a condition: "
            "en: [if state is sent] It is on its way. A line whose field is missing is left out."
        ),
    )

    class Meta:
        model = Action
        fields = (
            "site", "name", "does", "intent", "method", "url", "headers", "identity", "email_path", "timeout",
            "model_may", "changes", "asks", "reply", "sample", "is_on",
        )  # fmt: skip

    def clean_sample(self) -> str:
        """JSON, or nothing."""
        written = str(self.cleaned_data["sample"])
        try:
            dry.sample(written)
        except (ValueError, RecursionError) as error:
            raise ValidationError(_("This is no JSON.")) from error
        return written

    def clean(self) -> dict[str, Any]:
        """What belongs together."""
        said = super().clean() or {}
        if said.get("intent") and said.get("site") and said["intent"].site_id != said["site"].pk:
            self.add_error("intent", _("That intent belongs to another site."))
        self._forget_tool(said)
        if said.get("changes") and said.get("model_may"):
            self.add_error("model_may", _("A model may only look something up: what changes something is asked first."))
        if said.get("changes") and not said.get("asks"):
            self.add_error("asks", _("Write what will happen: the customer is asked before anything is changed."))
        if said.get("identity") == Identity.EMAIL:
            if said.get("changes"):
                self.add_error("identity", _("Your server has to check that, before it changes anything."))
            if not conditions.is_name(said.get("email_path", "")):
                self.add_error("email_path", _("Write which field of the answer holds the address."))
        return said

    def _forget_tool(self, said: Mapping[str, Any]) -> None:
        """A tool belongs to the address at which it was picked; without one nothing can be called."""
        if said.get("method") != Method.MCP or not {"url", "method"}.isdisjoint(self.changed_data):
            self.instance.tool, self.instance.told = "", {}
        if said.get("method") == Method.MCP and said.get("is_on") and not self.instance.tool:
            self.add_error("is_on", _("Save it without this first, and pick one of the server's tools."))


class InputFormSet(BaseInlineFormSet):  # type: ignore[type-arg]
    """The inputs of an action, which its address has to name rightly."""

    def clean(self) -> None:
        """Check the whole action as it would be asked. Raises ValidationError."""
        super().clean()
        rows = [form.cleaned_data for form in self.forms if getattr(form, "cleaned_data", None)]
        inputs = [Field(row["name"], FieldKind(row["kind"])) for row in rows if not row.get("DELETE") and "kind" in row]
        row = self.instance
        if row.url == "" or any(self.errors):
            return
        action = doing.Action(
            id=0,
            name=row.name,
            does=row.does,
            method=row.method,
            url=row.url,
            inputs=tuple(inputs),
            headers=row.headers,
            tool=row.tool,
        )
        if row.tool:
            self._check_tool([(one.get("argument") or one["name"]) for one in rows if not one.get("DELETE")])
        try:
            doing.check(action)
        except doing.BadAction as error:
            raise ValidationError(_fault(error), params={"why": error.why}) from error
        if row.changes and (unknown := replies.names(row.asks) - {one.name for one in inputs}):
            raise ValidationError(
                _("What the customer is asked names {%(name)s}, which is no input."), params={"name": min(unknown)}
            )
        if row.identity != Identity.CUSTOMER and any(one.kind in OF_CUSTOMER for one in inputs):
            raise ValidationError(_("Who the customer is, only an action for verified customers can be told."))
        if row.identity == Identity.EMAIL and not any(one.kind is FieldKind.EMAIL for one in inputs):
            raise ValidationError(_("It needs an input of the kind e-mail address."))
        if not row.url.startswith("https://") and not outside.is_named(action):
            raise ValidationError(
                _("Only https:// addresses are asked, but for hosts that TANDEM_ACTION_HOSTS names (now: %(hosts)s)."),
                params={"hosts": ", ".join(settings.TANDEM.action_hosts) or "–"},
            )
        if name := outside.astray(action):
            raise ValidationError(
                _("$%(name)s is not for this host: TANDEM_ACTION_SECRETS has to name %(name)s=%(host)s."),
                params={"name": name, "host": action.host},
            )

    def _check_tool(self, named: list[str]) -> None:
        """The inputs are arguments of the tool as it was picked, with all that it needs. Raises ValidationError."""
        unknown, missing = tools.unfit(self.instance.told.get("schema", {}), named)
        if unknown:
            raise ValidationError(_("The tool knows no “%(name)s”."), params={"name": unknown})
        if missing:
            raise ValidationError(
                _("The tool needs “%(name)s”: add an input that it calls so."), params={"name": missing}
            )


class StepForm(forms.ModelForm):  # type: ignore[type-arg]
    """A step: what it needs depends on what it does."""

    text = Texts(label=_("Text"), help_text=_("To ask or to say, one line for each language. {name} is what is known."))

    class Meta:
        model = ProcedureStep
        fields = ("place", "does", "text", "slot", "kind", "action", "tells", "operator", "value", "goto")

    def clean(self) -> dict[str, Any]:
        """All that the step needs."""
        said = super().clean() or {}
        match said.get("does"):
            case StepKind.ASK:
                try:
                    field_name(said.get("slot", ""))
                except ValidationError as error:
                    self.add_error("slot", error)
                if not said.get("kind") or said["kind"] in OF_CUSTOMER:
                    self.add_error("kind", _("Choose what is asked for."))
            case StepKind.CALL:
                if not said.get("action"):
                    self.add_error("action", _("Choose an action."))
            case StepKind.SAY:
                if not said.get("text"):
                    self.add_error("text", _("Write what is said."))
            case StepKind.IF:
                self._check_condition(said)
        return said

    def _check_condition(self, said: Mapping[str, Any]) -> None:
        if not said.get("operator"):
            self.add_error("operator", _("Choose a condition."))
            return
        if said.get("goto") is None:
            self.add_error("goto", _("Write where it leads: the number of a step, or 0 for the end."))
        try:
            conditions.check(Condition(said.get("slot", ""), Operator(said["operator"]), said.get("value", "")))
        except conditions.BadCondition:
            self.add_error("value", _("This condition can never be read: write a field's name, and a value that fits."))


class StepFormSet(BaseInlineFormSet):  # type: ignore[type-arg]
    """The steps of a procedure: numbers that are there, actions of the same site."""

    def clean(self) -> None:
        """Raises ValidationError."""
        super().clean()
        if any(self.errors):
            return
        rows = [form.cleaned_data for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        places = [row["place"] for row in rows]
        if lost := sorted({row["goto"] for row in rows if row.get("goto")} - set(places)):
            raise ValidationError(_("There is no step %(place)s."), params={"place": lost[0]})
        if itself := sorted(row["place"] for row in rows if row.get("goto") == row["place"]):
            raise ValidationError(_("Step %(place)s leads to itself."), params={"place": itself[0]})
        if any(row.get("action") and row["action"].site_id != self.instance.site_id for row in rows):
            raise ValidationError(_("An action belongs to another site."))


class ProcedureForm(forms.ModelForm):  # type: ignore[type-arg]
    """A procedure."""

    class Meta:
        model = Procedure
        fields = ("site", "name", "intent", "is_on")

    def clean(self) -> dict[str, Any]:
        """An intent of the same site."""
        said = super().clean() or {}
        if said.get("intent") and said.get("site") and said["intent"].site_id != said["site"].pk:
            self.add_error("intent", _("That intent belongs to another site."))
        return said


class DryRun(forms.Form):
    """The inputs of an action, to try it with."""

    def __init__(self, action: doing.Action, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in action.inputs:
            self.fields[f"in_{one.name}"] = forms.CharField(label=one.name, max_length=300)

    def inputs(self) -> dict[str, str]:
        """By name."""
        return {name.removeprefix("in_"): str(value) for name, value in self.cleaned_data.items()}


def pick(row: Action, tool: tools.Tool) -> None:
    """Make an action of a tool, off until its owner has looked at it; its inputs where it has none that fit."""
    row.tool, row.told, row.is_on = tool.name, tool.as_json(), False
    row.changes = not tool.read_only
    row.model_may = row.model_may and tool.read_only
    with transaction.atomic():
        row.save()
        named = [one.argument or one.name for one in row.inputs.all()]
        if tools.unfit(tool.schema, named) == ("", ""):
            return
        row.inputs.all().delete()
        for one in tool.arguments:
            name = tools.input_name(one.name)
            if one.required and not row.inputs.filter(name=name).exists():
                argument = one.name if one.name != name else ""
                row.inputs.create(name=name, kind=one.kind.value, argument=argument)


def reply_of(action: doing.Action, inputs: Mapping[str, str], acted: doing.Acted, *, language: str, today: Any) -> str:
    """What a customer would read of this answer."""
    wanted = replies.names(action.reply)
    known = {**dict(replies.leaves(acted.values, wanted)), **inputs}
    text = replies.choose(action.reply, language, language)
    return replies.render(text, known, language=language, hosts=(), today=today)


def as_json(acted: doing.Acted) -> str:
    """An answer as it came, as far as one reads."""
    return json.dumps(dict(acted.values), indent=2, ensure_ascii=False)[:4000]


def of_row(row: Action) -> doing.Action:
    """The action as the assistant knows it."""
    return replace(doings.action(row), id=row.pk)


def _fault(error: doing.BadAction) -> Any:
    if error.what == "headers":
        return _("This header cannot be sent: %(why)s. A secret is named as $ACTION_NAME.")
    if error.why == "tool":
        return _("The address of an MCP server has no inputs in it: they are arguments of the tool.")
    if error.why.startswith("{"):
        return _("The address names %(why)s, which is no input.")
    return _("This address cannot be asked: write https://, a host without braces, and a path.")
