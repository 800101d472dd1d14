"""Erase everything that is kept of a customer, or of one visitor's conversation, beside a running server or without."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from chat import lifecycle
from chat.customer_rows import Customer
from chat.models import Conversation
from supportsite.sites.models import Site


class Command(BaseCommand):
    """Says what it would erase; with --yes it does."""

    help = "Erase the conversations of a customer on every device, and who they are (docs/identity.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("site", help="The site's public key.")
        parser.add_argument("sub", nargs="?", default="", help="Your own id of the customer, as your server signs it.")
        parser.add_argument("--conversation", default="", help="Instead: the id of a conversation nobody vouched for.")
        parser.add_argument("--yes", action="store_true", help="Do it. Without, it is only said what would go.")

    def handle(self, *args: Any, **options: Any) -> None:
        site = Site.objects.filter(key=options["site"]).first()
        if site is None:
            raise CommandError(f"There is no site with the key {options['site']}.")
        sub, conversation = options["sub"], options["conversation"]
        if bool(sub) == bool(conversation):
            raise CommandError("Name the customer by your own id, or with --conversation one that is nobody's.")
        if not options["yes"]:
            self._say(site, sub, conversation)
            return
        now = timezone.now()
        if sub:
            done = lifecycle.forget_customer(site=site, external_id=sub, now=now)
        else:
            done = lifecycle.forget_conversation(site=site, public_id=conversation, now=now)
        if done is None:
            raise CommandError(_NOBODY)
        self.stdout.write(f"Erased: {done.conversations} conversations with {done.messages} messages.")

    def _say(self, site: Site, sub: str, conversation: str) -> None:
        logs = Conversation.objects.filter(site=site)
        if sub:
            logs = logs.filter(visitor__customer__external_id=sub)
            is_there = Customer.objects.filter(site=site, external_id=sub).exists()
        else:
            logs = logs.filter(public_id=conversation, visitor__customer=None)
            is_there = logs.exists()
        if not is_there:
            raise CommandError(_NOBODY)
        self.stdout.write(f"{logs.count()} conversations would be erased for good. Say --yes to do it.")


_NOBODY = "There is nobody of that id on this site. A conversation of a customer goes with the customer."
