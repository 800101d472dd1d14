"""Chroma's own server as a child process, to be killed, frozen and brought back."""

import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from benchmarks.rig import free_port

READY_WITHIN_S = 60.0


@dataclass
class ChromaServer:
    """A server on a port of this machine, over a folder that it keeps."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """What CHROMA_URL would be."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        program = Path(sys.executable).with_name("chroma")
        self.process = subprocess.Popen(
            [program, "run", "--path", self.folder, "--host", "127.0.0.1", "--port", str(self.port)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + READY_WITHIN_S
        while not self._answers():
            assert self.process.poll() is None, "chroma run ended by itself"
            assert time.monotonic() < deadline, "chroma run does not answer"
            time.sleep(0.05)

    def kill(self) -> None:
        """kill -9; nothing where it does not run."""
        process, self.process = self.process, None
        if process:
            process.kill()
            process.wait()

    def freeze(self) -> None:
        """Let it take connections and answer none."""
        assert self.process
        self.process.send_signal(signal.SIGSTOP)

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/api/v2/heartbeat", timeout=1, trust_env=False).is_success
        except httpx.HTTPError:
            return False
