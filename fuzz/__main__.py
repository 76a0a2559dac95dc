"""``python -m fuzz [--seconds 600] [TARGET ...]``: fuzzes the targets one after the other; without a name, all.

What it finds is in out/fuzz/TARGET; what is worth keeping goes into fuzz/corpus/TARGET, and is tried by the tests.
"""

import argparse
import re
import subprocess
import sys
from pathlib import Path

from fuzz.targets import TARGETS

CORPUS = Path("fuzz", "corpus")
OUT = Path("out", "fuzz")
LONGEST = 16_384  # bytes
SLOWEST = 60  # seconds by the clock: what hangs is ended


def main() -> None:
    """Print a line for each target; exit 1 when a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m fuzz", description="Does anything break, whatever comes?")
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"{', '.join(TARGETS)}; default: all of them")
    parser.add_argument("--seconds", type=int, default=600, help="how long each is fuzzed; default: 600")
    asked = parser.parse_args()
    if unknown := set(asked.targets) - TARGETS.keys():
        parser.error(f"no such target: {', '.join(sorted(unknown))}; there are {', '.join(TARGETS)}")
    broken = [name for name in asked.targets or TARGETS if not fuzz_target(name, asked.seconds)]
    sys.exit(1 if broken else 0)


def fuzz_target(name: str, seconds: int) -> bool:
    """Fuzz one target, and print what came of it. Whether all promises held."""
    grown = OUT / name / "corpus"
    grown.mkdir(parents=True, exist_ok=True)
    seeds = [folder for folder in (str(CORPUS / name), *TARGETS[name].seeds) if Path(folder).is_dir()]
    limits = [f"-max_total_time={seconds}", f"-max_len={LONGEST}", f"-timeout={SLOWEST}", "-rss_limit_mb=4096"]
    command = [sys.executable, "-m", "fuzz.fuzzing", name, str(grown), *seeds, *limits]
    ran = subprocess.run(
        [*command, f"-artifact_prefix={OUT / name}/", "-print_final_stats=1"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, encoding="utf-8", errors="replace",
    )  # fmt: skip
    (OUT / name / "log").write_text(ran.stdout, "utf-8")
    count = re.search(r"stat::number_of_executed_units:\s+(\d+)", ran.stdout)
    tried = f"{int(count[1]):,} inputs" if count else "it did not end as it should"
    fate = "broken" if ran.returncode else "all held"
    print(f"{name}: {tried} in {seconds / 60:.2g} minutes; {fate}", flush=True)
    if ran.returncode:
        print(f"  see {OUT / name / 'log'}, and the input beside it", file=sys.stderr)
    return not ran.returncode


main()
