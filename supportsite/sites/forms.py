"""A site's settings as an owner writes them: one thing a line, never JSON."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from . import hours, staffing
from .models import Member, Sensitive, Site, Team

# Reasons that a site weighs; whoever asks for a person gets one whatever stands here.
WEIGHED = {
    "angry": _("Weight of anger"),
    "shouting": _("Weight of shouting"),
    "stuck": _("Weight of being stuck"),
    "unknown": _("Weight of questions without an answer"),
    "value": _("Weight of an important customer"),
}
CALLING = (
    "escalation_threshold", *(f"weight_{code}" for code in WEIGHED), "mood_threshold", "alarm_words",
    "sensitive_topics", "sensitive_words", "value_from", "value_rule",
)  # fmt: skip
_GREETING = re.compile(r"([a-z]{2,3})\s*:\s*(\S.*)\Z")


class Lines(forms.CharField):
    """A list of texts, one in each line."""

    widget = forms.Textarea(attrs={"rows": 3, "cols": 60})

    def prepare_value(self, value: Any) -> Any:
        """The list as lines; what somebody typed stays as it was."""
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """The lines that are not blank."""
        if isinstance(value, list):
            return value
        return [line.strip() for line in str(value or "").splitlines() if line.strip()]

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether the list is another one."""
        return bool((initial or []) != self.to_python(data))


class ByLanguage(forms.CharField):
    """A text for each language, each in a line that begins with the language and a colon."""

    widget = forms.Textarea(attrs={"rows": 4, "cols": 60})

    def prepare_value(self, value: Any) -> Any:
        """The texts as lines; what somebody typed stays as it was."""
        return "\n".join(f"{code}: {text}" for code, text in value.items()) if isinstance(value, dict) else value

    def to_python(self, value: Any) -> Any:
        """The texts by language. Raises ValidationError for a line that is none."""
        if isinstance(value, dict):
            return value
        lines = [line.strip() for line in str(value or "").splitlines() if line.strip()]
        texts = {}
        for line in lines:
            found = _GREETING.match(line)
            if found is None:
                raise ValidationError(_("“%(line)s” names no language. Write en: Hello."), params={"line": line})
            texts[found[1]] = found[2]
        return texts

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether a text is another one; what cannot be read is one."""
        try:
            return bool((initial or {}) != self.to_python(data))
        except ValidationError:
            return True


_LANGUAGE = re.compile(r"[a-z]{2,3}\Z")
WEEKDAYS = {
    "mon": _("Monday"), "tue": _("Tuesday"), "wed": _("Wednesday"), "thu": _("Thursday"), "fri": _("Friday"),
    "sat": _("Saturday"), "sun": _("Sunday"),
}  # fmt: skip


class Day(forms.CharField):
    """The opening hours of one day, as people write them."""

    def __init__(self, **kwargs: Any) -> None:
        shown = forms.TextInput(attrs={"placeholder": "09:00–12:30, 13:30–17:00", "size": 40})
        super().__init__(required=False, max_length=120, widget=shown, **kwargs)

    def to_python(self, value: Any) -> Any:
        """The spans as they are stored. Raises ValidationError for what is no span."""
        try:
            return hours.read_day(str(value or ""))
        except hours.BadHours as fault:
            text = _("“%(what)s” are no opening hours. Write 09:00–17:00, or 09:00–12:30, 13:30–17:00.")
            raise ValidationError(text, params={"what": str(fault)}) from None

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether the day is another one, however it is written."""
        return bool((initial or "") != (data or ""))


class Holidays(Lines):
    """Days on which nobody is there, one in a line."""

    def to_python(self, value: Any) -> Any:
        """The dates, each with its name. Raises ValidationError for what is no date."""
        lines = super().to_python(value)
        if len(lines) > hours.MOST_HOLIDAYS:
            raise ValidationError(_("No more than %(most)s holidays."), params={"most": hours.MOST_HOLIDAYS})
        try:
            return [hours.read_holiday(line) for line in lines]
        except hours.BadHours as fault:
            text = _("“%(what)s” is no date. Write 2026-12-25, or 12-25 for each year, and a name if you like.")
            raise ValidationError(text, params={"what": str(fault)}) from None

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether the list is another one; what cannot be read is one."""
        try:
            return super().has_changed(initial, data)
        except ValidationError:
            return True


class Languages(Lines):
    """Languages by their codes, one in a line."""

    def to_python(self, value: Any) -> Any:
        """The codes in lower case. Raises ValidationError for what is none."""
        codes = [line.lower() for line in super().to_python(value)]
        for code in codes:
            if not _LANGUAGE.match(code):
                raise ValidationError(_("“%(code)s” is no language. Write en, de, fr."), params={"code": code})
        return codes


class Abilities(forms.ModelForm):  # type: ignore[type-arg]
    """What people speak and know: of one, or of a team and so of all who are in it."""

    languages = Languages(
        label=_("Languages"), required=False, help_text=_("One in a line, such as de. Empty: any language.")
    )
    skills = Lines(
        label=_("Topics"),
        required=False,
        help_text=_("One in a line, such as refund. Who has a word that the customer wrote comes first."),
    )


class TeamForm(Abilities):
    """A team."""

    skills = Lines(
        label=_("Topics"),
        required=False,
        help_text=_(
            "One in a line, such as refund: a word that customers write, or the name of an intent. Where a person is "
            "called about one and somebody of the team is there, the team alone is called at first."
        ),
    )

    class Meta:
        model = Team
        fields = ("site", "name", "members", "languages", "skills")

    def clean(self) -> Any:
        """A team's members are of its site."""
        told = super().clean() or {}
        members, site = told.get("members") or Member.objects.none(), told.get("site")
        if site and any(member.site_id != site.pk for member in members):
            self.add_error("members", _("Only people of this site can be in its teams."))
        return told


def _weight(label: Any) -> forms.FloatField:
    return forms.FloatField(
        label=label, required=False, min_value=0, max_value=2, help_text=_("0: it never counts. 1: as it comes.")
    )


# Each strategy with what it does; `Site.routing` has the names by themselves.
ROUTING = (
    ("static", _("keyword rules: names the intent in the trace and begins your procedures; the articles answer")),
    (
        "dynamic",
        _(
            "trained on examples: the same, and what is none of your business is told so where no article answers, "
            "at once where that is certain"
        ),
    ),
    (
        "task",
        _(
            "by task: rules first, then what was trained, and the intent decides what is done: a friendly word, a "
            "complaint, their own account, none of your business"
        ),
    ),
)


class SiteForm(forms.ModelForm):  # type: ignore[type-arg]
    """A site's settings."""

    weight_angry = _weight(WEIGHED["angry"])
    weight_shouting = _weight(WEIGHED["shouting"])
    weight_stuck = _weight(WEIGHED["stuck"])
    weight_unknown = _weight(WEIGHED["unknown"])
    weight_value = _weight(WEIGHED["value"])
    sensitive_topics = forms.MultipleChoiceField(
        label=_("Sensitive subjects"),
        required=False,
        choices=Sensitive.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("A message about one of these calls a person at once, at any threshold."),
    )
    sensitive_words = Lines(
        label=_("Sensitive words"),
        required=False,
        help_text=_("More words or phrases that do so, one in a line; a * at the end stands for any ending: recall*"),
    )
    url = forms.URLField(label=_("Address"), required=False, max_length=200, assume_scheme="https")
    origins = Lines(
        label=_("Allowed origins"),
        required=False,
        help_text=_("The addresses whose pages may show the widget, one in a line, such as https://www.example.com."),
    )
    alarm_words = Lines(
        label=_("Alarm words"),
        required=False,
        help_text=_("Words that call a person at once, one in a line, besides the built-in ones."),
    )
    order_numbers = Lines(
        label=_("Order numbers"),
        required=False,
        help_text=_(
            "How they are written, one form in a line: # is a digit, @ a letter, * either, and #{6,8} is six to eight "
            "digits. NP-###### finds NP-123456. They are taken out of what a third party sees."
        ),
    )
    instructions = forms.CharField(
        label=_("Instructions"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6, "cols": 60}),
        help_text=_(
            "What the model should heed, in plain words: tone, what to stress, what not to speak of. It cannot say "
            "more than your articles do, whatever stands here."
        ),
    )
    routing = forms.ChoiceField(
        label=_("Routing of questions"),
        choices=ROUTING,
        widget=forms.RadioSelect,
        help_text=_("How the intent of a question is found, and what follows. Without intents nothing changes."),
    )
    speaks_hours = Lines(
        label=_("Hours"),
        required=False,
        help_text=_("When it speaks to new customers, such as Mon-Fri 09:00-17:00; empty means always."),
    )
    speaks_pages = Lines(
        label=_("Pages"),
        required=False,
        help_text=_("On which pages, such as /help/* or https://shop.example.com/*; empty means on all."),
    )
    speaks_languages = Lines(
        label=_("Languages"), required=False, help_text=_("In which languages, such as de; empty means in all.")
    )
    greeting = ByLanguage(
        label=_("Greeting"), required=False, help_text=_("One line for each language, such as en: How can we help?")
    )
    accent = forms.CharField(
        label=_("Accent colour"),
        widget=forms.TextInput(attrs={"type": "color"}),
        validators=[RegexValidator(r"\A#[0-9a-fA-F]{6}\Z", _("Write a colour as #0f766e."))],
    )

    class Meta:
        model = Site
        fields = (
            "name", "url", "origins", "locale", "accent", "greeting", "alarm_words", "mood_threshold",
            "accepted_wrong", "across_languages", "routing", "intents_by", "kindness", "ask_people", "ask_minutes",
            "translates", "order_numbers", "instructions",
            "speaks_hours", "speaks_to", "speaks_pages", "speaks_languages", "speaks_share",
            "strong_quality", "budget_soft", "budget_hard",
            "escalation_threshold", "sensitive_topics", "sensitive_words", "value_from", "value_rule",
            "time_zone", "holidays", "promise_hours", "assignment", "capacity", "remind_after", "widen_after",
            "unclaimed_after", "unclaimed_rule", "unclaimed_email", "away_after", "release_after",
            "silent_assistant_hours", "silent_agent_hours",
        )  # fmt: skip

    mon, tue, wed, thu, fri, sat, sun = (Day(label=WEEKDAYS[day]) for day in hours.DAYS)
    holidays = Holidays(
        label=_("Holidays"),
        required=False,
        help_text=_("One in a line: 2026-12-25 Christmas, or 12-25 Christmas for each year."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code in WEIGHED:
            self.fields[f"weight_{code}"].initial = self.instance.reason_weights.get(code, 1.0)
        for day in hours.DAYS:
            self.initial[day] = hours.write_day(self.instance.week.get(day, ()))

    def clean(self) -> Any:
        """What belongs together: the weights in their one field; no rule ends in what does not go out."""
        told = super().clean() or {}
        given = {code: self.cleaned_data.get(f"weight_{code}") for code in WEIGHED}
        self.instance.reason_weights = {code: one for code, one in given.items() if one is not None and one != 1}
        if (by := told.get("intents_by")) and not self.instance.tiers.filter(name=by).exists():
            self.add_error("intents_by", _("There is no such model yet: add it under Tiers first."))
        rule_changed = "unclaimed_rule" in self.changed_data
        if told.get("unclaimed_rule") == "ticket" and rule_changed and not staffing.tickets_are_well():
            text = _("No ticket can be opened from here just now, so no rule may end in one.")
            self.add_error("unclaimed_rule", text)
        if told.get("unclaimed_rule") == "mail":
            if not told.get("unclaimed_email"):
                self.add_error("unclaimed_email", _("Write the address, or choose what else is to happen."))
            elif rule_changed and not staffing.mail_is_well():
                self.add_error("unclaimed_rule", _("No e-mail goes out from here just now, so no rule may end in one."))
        return told

    def save(self, commit: bool = True) -> Any:
        """The days together, as they are stored."""
        if all(day in self.cleaned_data for day in hours.DAYS):
            self.instance.week = {day: self.cleaned_data[day] for day in hours.DAYS if self.cleaned_data[day]}
        return super().save(commit)
