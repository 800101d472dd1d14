"""Gets what only the tests need beyond the lock: a browser, fonts, nginx, PostgreSQL, Redis, a type checker.

`supportsite/bootstrap.py test` runs it. What cannot be had is said loudly and its tests are skipped; in CI
(CI=true) it is a failure.
"""

import hashlib
import os
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "supportsite"))  # not as a package: that would load Celery

from bootstrap import failed, gist, step  # noqa: E402

CHROMIUM = "/usr/bin/chromium-headless-shell"
DEBIAN = {  # a file that shows it is there (by a pattern), and the package that brings it
    CHROMIUM: "chromium-headless-shell",
    "/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf": "fonts-noto-core",
    "/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf": "fonts-noto-color-emoji",
    "/usr/sbin/nginx": "nginx",
    "/usr/lib/postgresql/*/bin/initdb": "postgresql",
    "/usr/bin/redis-server": "redis-server",
    "/usr/bin/php": "php-cli",  # runs an example of docs/identity.md
}
# Debian starts these as it installs them; the tests start their own, and leave the system's alone.
SERVICES = {"nginx": "nginx", "postgresql": "postgresql", "redis-server": "redis-server"}
NPM = ["npm", "ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]


def missing_packages() -> list[str]:
    """Debian packages that the tests use and this machine lacks."""
    return [package for path, package in DEBIAN.items() if not any(Path("/").glob(path[1:]))]


def as_root() -> list[str] | None:
    """What to put before a command that only root may run, or None where it may not be run."""
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    allowed = sudo and not failed([sudo, "-n", "true"], "sudo")
    return ["sudo", "-n"] if allowed else None


def install_packages() -> str:
    """Install from Debian what is missing. Returns what is still missing and how to get it, or ''."""
    wanted, sudo = missing_packages(), as_root()
    if wanted and sudo is not None and shutil.which("apt-get"):
        print(f"installing from Debian: {' '.join(wanted)} …", flush=True)
        with step("Debian packages"):
            apt_get([*sudo, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"], wanted)
        for package in wanted if Path("/run/systemd/system").is_dir() else ():
            if service := SERVICES.get(package):
                failed([*sudo, "systemctl", "disable", "--now", service], service)
    still = " ".join(missing_packages())
    return f"Missing for some of the tests: {still}. On Debian or Ubuntu: apt-get install {still}" if still else ""


def apt_get(command: list[str], wanted: list[str]) -> None:
    """Install without what is merely recommended, after fetching the lists if the present ones do not do."""
    install = [*command, "install", "-y", "--no-install-recommends", *wanted]
    if failed(install, "Debian packages"):
        failed([*command, "update"], "package lists")
        if words := failed(install, "Debian packages"):
            print(f"apt-get: {gist(words)}", file=sys.stderr)


def install_typescript() -> str:
    """Install the type checker that package-lock.json names. Returns what is missing, or ''."""
    folder = ROOT / "tests" / "js"
    made_from = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    stamp = folder / "node_modules" / ".tandem-lock"
    if stamp.exists() and stamp.read_text() == made_from:
        return ""
    if not shutil.which("npm"):
        return "Types in JavaScript are not checked: npm is not here. On Debian or Ubuntu: apt-get install npm"
    with step("type checker for JavaScript"):
        words = failed([*NPM, "--prefix", str(folder)], "npm")
    if words:
        return f"Types in JavaScript are not checked: npm says {gist(words)}"
    stamp.write_text(made_from)
    return ""


def main() -> int:
    """Install what can be had and say what cannot."""
    complaints = [complaint for complaint in (install_packages(), install_typescript()) if complaint]
    for complaint in complaints:
        print(f"{'!' * 79}\n{complaint}\n{'!' * 79}", file=sys.stderr, flush=True)
    return 1 if complaints and os.environ.get("CI") else 0


if __name__ == "__main__":
    sys.exit(main())
