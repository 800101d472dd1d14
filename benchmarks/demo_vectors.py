"""Makes knowledge/demo/vectors.npz: python benchmarks/demo_vectors.py.

To be run when an article of the demo shop was changed, or how articles are split; tests/knowledge/test_demo.py tells.
"""

from demo_site import start

start()

import numpy as np  # noqa: E402

from knowledge import demo  # noqa: E402
from knowledge.demo_vectors import SHIPPED  # noqa: E402
from knowledge.embed import E5, MINILM, models_for, named  # noqa: E402
from knowledge.models import Section, Vector  # noqa: E402
from knowledge.split import embedded_text  # noqa: E402


def main() -> None:
    """Read each text of the demo by each model that it is found by, whatever was shipped before."""
    site = demo.load()
    Vector.objects.all().delete()
    texts: dict[str, dict[str, str]] = {MINILM: {}, E5: {}}
    for section in Section.objects.filter(version__article__site=site).select_related("version__article"):
        for model in models_for(section.version.article.language):
            texts[model][section.digest] = embedded_text(*section.titles(), section.text)
    made = {}
    for model, by_digest in texts.items():
        digests = sorted(by_digest)
        made[f"{model}-digests"] = np.array(digests)
        made[model] = named(model).matrix([by_digest[digest] for digest in digests], "passage").astype(np.float16)
        print(model, len(digests), flush=True)
    np.savez_compressed(SHIPPED, **made)


if __name__ == "__main__":
    main()
