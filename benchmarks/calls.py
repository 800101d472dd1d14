"""Who is heard as calling for a person, on lines by somebody who had not seen the rules: python -m benchmarks.calls."""

import json
import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "supportsite.settings")
django.setup()

from tests.chat.test_calls import DATA, called  # noqa: E402

SETS = ("", "-unseen", "-blind", "-hard", "-fresh", "-final", "-later", "-things")


def main() -> None:
    """Print the share that is right, by language, and each line that is not."""
    sets = [(f"{name}{of}", name == "calls") for of in SETS for name in ("calls", "harmless")]
    for name, wanted in sets:
        rows = [json.loads(line) for line in (DATA / f"{name}.jsonl").read_text("utf-8").splitlines()]
        judged = list(zip(rows, [was_called == wanted for _text, was_called in called(name)], strict=True))
        print(f"{name}: {sum(right for _row, right in judged)} of {len(judged)} right")
        for language in dict.fromkeys(row.get("language", "?") for row in rows):
            theirs = [right for row, right in judged if row.get("language", "?") == language]
            print(f"  {language} {sum(theirs)} of {len(theirs)}")
        for row, right in judged:
            if not right:
                print(f"  {row.get('language', '?')} {row.get('kind', '')}: {row['text']}")


if __name__ == "__main__":
    main()
