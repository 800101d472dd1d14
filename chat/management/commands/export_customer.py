"""Write everything that is kept of a customer as JSON Lines, for whoever asks what you know of them."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from chat import customer_file
from chat.customer_rows import Customer


class Command(BaseCommand):
    """To standard output."""

    help = "Print who a customer is and each of their conversations as JSON Lines (docs/identity.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("site", help="The site's public key.")
        parser.add_argument("sub", help="Your own id of the customer, as your server signs it.")

    def handle(self, *args: Any, **options: Any) -> None:
        customer = Customer.objects.filter(site__key=options["site"], external_id=options["sub"]).first()
        if customer is None:
            raise CommandError("There is nobody of that id on this site.")
        for line in customer_file.lines(customer):
            self.stdout.write(line, ending="")
