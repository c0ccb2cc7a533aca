"""`python -m tests.faults --kills 200`: the process killed at random points of passes, writes and submissions."""

import argparse
import tempfile
import time
from pathlib import Path

from tests.faults.harness import Site


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0, help="the same seed kills after the same delays")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        site = Site(Path(folder), asked.seed)
        began = time.monotonic()
        for _ in range(asked.kills):
            site.accident()
        site.mend()
        said = site.ledger.said
        print(
            f"{asked.kills} kills in {time.monotonic() - began:.0f} s: {said['submit?']} submissions begun, {said['submit!']} accepted, "
            f"{said['tick?'] + said['untick?']} ticks begun, {said['tick!'] + said['untick!']} done; nothing lost, doubled or half written"
        )


if __name__ == "__main__":
    main()
