#!/usr/bin/env python3
"""media_soak.py: a demo that plays several clips for hours, and what it costs from the first minute to the last.

  media_soak.py --program build/release/hallcast [--minutes 480] [--every 10] [--csv FILE]

Clips of several sizes, rates and codecs open and close all the time, visitors are called and spoken, the line runs. Sampled from
outside: memory, file descriptors and threads of the process tree, and the player's own counts of late pictures. Memory, what is read from files left
out, is fitted by a line after --warm minutes, through the lowest of each minute: decoders that come and go are not growth. Wrong are
  a slope of more than 1 MiB/h, told after at least 15 minutes beside the warm-up: in less it is noise, and only told;
  more than --slack descriptors or threads more, at the fewest, in the last quarter than in the first after the warm-up;
  a burst of late pictures: more than --burst of them within one sampling. A busy machine makes such bursts too: leave it alone.
Exit status: 0 right, 1 wrong, 77 skipped (no Xvfb). Example, 20 minutes: media_soak.py --program build/release/hallcast --minutes 20
"""
import argparse, os, statistics, sys, time
from dataclasses import dataclass

import numbered_clips, process_tree
from watched_demo import WatchedDemo, exit_status

SIZE = (1280, 720)
RECIPES = [(1280, 720, 25, 4, "h264"), (640, 360, 50, 3, "vp9"), (960, 540, 30, 4, "hevc"), (1920, 1080, 30, 3, "h264"), (640, 480, 25, 3, "av1"),
           (768, 576, 25, 2, "h264")]
TELLING_MINUTES = 15


@dataclass
class Sample:
    minute: float
    resident: float
    proportional: float
    own: float        # without what is read from files
    descriptors: int
    threads: int
    late: int         # of the film and of the screen, since the start
    cpu: float        # seconds, since the start


def sample(demo, begin):
    pid = demo.process.pid
    counts = demo.statistics()
    late = sum(int(counts.get(name, 0)) for name in ("filmLate", "refreshesMissed"))
    return Sample((time.monotonic() - begin) / 60, *process_tree.memory_mib(pid), process_tree.descriptors(pid), process_tree.threads(pid), late,
                  process_tree.cpu_seconds(pid))


def slope_per_hour(points):
    """Of a least-squares line through (minute, MiB)."""
    if len(points) < 2:
        return 0.0
    mean_x, mean_y = statistics.fmean(x for x, _ in points), statistics.fmean(y for _, y in points)
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    return 60 * sum((x - mean_x) * (y - mean_y) for x, y in points) / spread


def lowest_of_minutes(samples, value):
    lowest = {}
    for s in samples:
        minute = int(s.minute)
        lowest[minute] = min(value(s), lowest.get(minute, 1e9))
    return sorted(lowest.items())


def bursts(samples, most):
    """(minute, late pictures) of each sampling with more than `most` of them."""
    return [(b.minute, b.late - a.late) for a, b in zip(samples, samples[1:]) if b.late - a.late > most]


def judge(samples, args):
    steady = [s for s in samples if s.minute >= args.warm]
    assert len(steady) >= 8, f"only {len(steady)} samples after the warm-up"
    slope = slope_per_hour(lowest_of_minutes(steady, lambda s: s.own))
    resident = slope_per_hour(lowest_of_minutes(steady, lambda s: s.resident))
    quarter = len(steady) // 4
    minutes = steady[-1].minute - steady[0].minute
    grown = {name: min(getattr(s, name) for s in steady[-quarter:]) - min(getattr(s, name) for s in steady[:quarter])
             for name in ("descriptors", "threads")}
    burst = bursts(steady, args.burst)
    cores = (steady[-1].cpu - steady[0].cpu) / (60 * minutes)
    print(f"{minutes:.1f} minutes after {args.warm:g} of warm-up: own memory {steady[0].own:.1f} to {steady[-1].own:.1f} MiB, slope "
          f"{slope:+.2f} MiB/h; PSS {steady[0].proportional:.1f} to {steady[-1].proportional:.1f}; RSS {steady[0].resident:.1f} to {steady[-1].resident:.1f}, slope {resident:+.2f}\n"
          f"  descriptors {min(s.descriptors for s in steady)} to {max(s.descriptors for s in steady)}, grown by {grown['descriptors']}; "
          f"threads {min(s.threads for s in steady)} to {max(s.threads for s in steady)}, grown by {grown['threads']}; {cores:.2f} cores\n"
          f"  late pictures {steady[-1].late - steady[0].late}, bursts {len(burst)}" + "".join(f", {n} at minute {m:.1f}" for m, n in burst[:5]), flush=True)
    if minutes >= TELLING_MINUTES:
        assert slope <= 1.0, f"memory grows by {slope:.2f} MiB/h"
    for name, by in grown.items():
        assert by <= args.slack, f"{by} more {name} in the end than in the beginning"
    assert not burst, f"{len(burst)} bursts of late pictures"


def run(args):
    with WatchedDemo(args.program, SIZE, sound=None) as demo:
        clips = numbered_clips.make_list(RECIPES, demo.folder)
        demo.start([clip.file for clip in clips], layout="hall")
        begin, samples = time.monotonic(), []
        csv = open(args.csv, "w") if args.csv else None
        if csv:
            print("minute,rss_mib,pss_mib,own_mib,descriptors,threads,late,cpu_s", file=csv)
        next_told = 1.0
        while not samples or samples[-1].minute < args.minutes:
            time.sleep(args.every)  # between two samples, which is what this program is about
            assert demo.running(), f"the player ended by itself:\n{demo.log()[-2000:]}"
            s = sample(demo, begin)
            samples.append(s)
            if csv:
                print(f"{s.minute:.2f},{s.resident:.2f},{s.proportional:.2f},{s.own:.2f},{s.descriptors},{s.threads},{s.late},{s.cpu:.2f}", file=csv, flush=True)
            if s.minute >= next_told:
                print(f"minute {s.minute:.0f}: own memory {s.own:.1f} MiB, PSS {s.proportional:.1f}, descriptors {s.descriptors}, threads {s.threads}, late {s.late}", flush=True)
                next_told = max(s.minute + 1, next_told * 1.5)
        failed = demo.statistics().get("filmFailed")
        assert demo.stop() == 0, f"the player's exit status is {demo.process.returncode}:\n{demo.log()[-2000:]}"
        assert int(failed or 0) == 0, f"{failed} clips could not be played:\n{demo.log()[-2000:]}"
        judge(samples, args)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--minutes", type=float, default=480)
    parser.add_argument("--warm", type=float, default=3, help="minutes that are not judged")
    parser.add_argument("--every", type=float, default=10, help="seconds between samples; the player's counts are written every ten")
    parser.add_argument("--burst", type=int, default=30, help="late pictures within one sampling that are too many")
    parser.add_argument("--slack", type=int, default=3, help="descriptors and threads that may be more in the end")
    parser.add_argument("--csv", help="file for all samples")
    args = parser.parse_args()
    return exit_status(lambda: run(args))


if __name__ == "__main__":
    sys.exit(main())
