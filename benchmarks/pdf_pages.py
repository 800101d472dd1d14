"""Ten questions about a manual of 193 pages, each to be answered with its page: python benchmarks/pdf_pages.py [PDF].

Without a path the manual is taken from Debian's package debian-policy, version 4.6.2.0, by `apt-get download`.
"""

import gzip
import json
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from demo_site import start

start()

from django.core.management import call_command  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks.rig import ROOT  # noqa: E402
from knowledge import embed, index, indexing, search  # noqa: E402
from knowledge.models import Section  # noqa: E402
from supportsite.sites.models import Site  # noqa: E402

PACKAGE = "debian-policy=4.6.2.0"
INSIDE = "usr/share/doc/debian-policy/policy.pdf.gz"


def manual(folder: Path) -> Path:
    """The PDF, out of the package. Ends the process where it cannot be had."""
    for command in (["apt-get", "download", PACKAGE], ["sh", "-c", "dpkg-deb -x *.deb ."]):
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"SKIPPED, nothing was measured: {' '.join(command)} failed: {done.stderr.strip()[-300:]}")
    path = folder / "policy.pdf"
    path.write_bytes(gzip.decompress((folder / INSIDE).read_bytes()))
    return path


def page_of(heading: str) -> int:
    """The page that a citation names; 0 where it names none."""
    found = re.search(r"p\. (\d+)", heading)
    return int(found.group(1)) if found else 0


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        path = Path(sys.argv[1]) if len(sys.argv) > 1 else manual(Path(place))
        site = Site.objects.create(name="Manuals")
        began = time.perf_counter()
        call_command("import_articles", str(path), site=site.key)
        imported = time.perf_counter() - began
        index.own()
        embed.warm()
        embed.warm_rest()
        began = time.perf_counter()
        while indexing.sweep(now=timezone.now(), seconds=60):
            pass
        indexed = time.perf_counter() - began
        began = time.perf_counter()
        call_command("import_articles", str(path), site=site.key)
        again = time.perf_counter() - began
    sections = Section.objects.filter(version__article__site=site).count()
    print(f"{sections} sections; read {imported:.1f} s, indexed {indexed:.1f} s, the same file again {again:.1f} s\n")
    first = among_three = 0
    rows = [json.loads(line) for line in (ROOT / "benchmarks/pdf/questions.jsonl").read_text("utf-8").splitlines()]
    for row in rows:
        found = search.find(site=site, question=row["text"], language="en")
        pages = [page_of(passage.heading) for passage in found.passages[:3]]
        first += bool(pages) and pages[0] in row["pages"]
        among_three += bool(set(pages) & set(row["pages"]))
        print(f"{row['pages']} {pages} {found.probability:.2f} {row['text']}")
    print(f"\nright page first: {first} of {len(rows)}; among the first three: {among_three} of {len(rows)}")


if __name__ == "__main__":
    main()
