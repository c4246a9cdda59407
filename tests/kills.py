"""Kill builds at random moments, with readers beside: what they read is the earlier release or the new one, and nothing is left behind.

python tests/kills.py 200
"""

import hashlib
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from airm_graph.pipeline import read_sums

ROOT = Path(__file__).resolve().parent.parent
COMMAND = [sys.executable, "-c", "from airm_graph.cli import main; main()", "build"]


def digest(folder: Path) -> str:
    """What a release is, when its files are what its sums say."""
    read_sums(folder)
    return hashlib.sha256((folder / "SHA256SUMS").read_bytes()).hexdigest()


def build(pages: Path, folder: Path) -> None:
    subprocess.run([*COMMAND, str(pages), "-q", "-o", str(folder)], check=True, stderr=subprocess.DEVNULL)


def kill_builds(number: int, work: Path) -> None:
    """Build two releases in turn into one folder, and kill most of the builds."""
    pages = [ROOT / "examples", work / "some"]
    pages[1].mkdir()
    shutil.copy(min(pages[0].glob("*.txt")), pages[1])
    target, chance, known = work / "dist", random.Random(number), []
    for page in pages:
        begun = time.monotonic()
        build(page, target)
        known.append(digest(target))
        names = sorted(path.name for path in target.iterdir())
    seconds = time.monotonic() - begun
    for count in range(number):
        process = subprocess.Popen([*COMMAND, str(pages[count % 2]), "-q", "-o", str(target)], stderr=subprocess.DEVNULL)
        # Most of what can go wrong lies at the end of a build.
        end = time.monotonic() + chance.uniform(0.5, 1.1) * seconds
        while time.monotonic() < end:
            assert digest(target) in known, count
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert digest(target) in known, count
        if count % 20 == 19:
            build(pages[1], target)
            assert digest(target) == known[1], count
            assert sorted(path.name for path in target.iterdir()) == names, count
            print(f"{count + 1} builds killed, every release whole", flush=True)


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        kill_builds(int(sys.argv[1]), Path(folder))
