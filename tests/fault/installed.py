#!/usr/bin/env python3
"""installed.py: what `cmake --install` puts somewhere runs from there: a demo that plays a film by the installed decoder.

  installed.py --build build/release [--seconds 60]

Nothing beside the installed tree is named to it. Exit status: 0 right, 1 wrong, 77 skipped (no Xvfb).
"""
import argparse, os, subprocess, sys, tempfile, time

import process_tree
from watched_demo import WatchedDemo, exit_status


def programs(root):
    found = set()
    for pid in process_tree.pids(root):
        try:
            found.add(os.readlink(f"/proc/{pid}/exe"))
        except OSError:
            continue  # it ended meanwhile
    return found


def run(build, seconds):
    with tempfile.TemporaryDirectory(prefix="hallcast-installed-") as prefix:
        subprocess.run(["cmake", "--install", build, "--prefix", prefix], check=True, stdout=subprocess.DEVNULL)
        player, decoder = (os.path.join(prefix, path) for path in ("bin/hallcast", "libexec/hallcast/hallcast-decoder"))
        os.environ.pop("HALLCAST_DECODER", None)
        with WatchedDemo(player, (640, 360), sound=None) as demo:
            film = os.path.join(demo.folder, "film.mp4")
            subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=640x360:r=25:d=4", "-c:v", "libx264", "-pix_fmt", "yuv420p", film],
                           check=True)
            demo.start([film])
            end = time.monotonic() + seconds
            while int(demo.statistics().get("filmDecoded", 0)) < 25 or decoder not in programs(demo.process.pid):
                assert demo.running(), f"it ended by itself:\n{demo.log()}"
                assert time.monotonic() < end, f"no film within {seconds} s: {demo.statistics()} {programs(demo.process.pid)}\n{demo.log()}"
                time.sleep(0.1)  # between two looks at another process
            others = {program for program in programs(demo.process.pid) if program not in (player, decoder)}
            assert not others, f"it runs what was not installed: {others}"
            assert demo.stop() == 0, "it did not end as it should"
    print("installed: the film is shown, by the installed decoder")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", required=True)
    parser.add_argument("--seconds", type=float, default=60)
    options = parser.parse_args()
    sys.exit(exit_status(lambda: run(options.build, options.seconds)))
