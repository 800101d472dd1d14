"""A site's settings as an owner writes them: one thing a line, never JSON."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from .models import Site

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


class SiteForm(forms.ModelForm):  # type: ignore[type-arg]
    """A site's settings."""

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
            "accepted_wrong", "across_languages", "routing", "kindness", "order_numbers", "instructions",
            "speaks_hours", "time_zone", "speaks_pages", "speaks_languages", "speaks_share",
        )  # fmt: skip
