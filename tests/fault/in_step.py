#!/usr/bin/env python3
"""in_step.py: two players of one master play one list in step, as seen from outside.

  in_step.py --program build/release/hallcast [--seconds 20] [--free]

A master without a screen, two numbered films in its library, and two players that start at different moments, each on a
virtual display of its own. The number that each display shows is read a thousand times a second. Skew: how much later one
display than the other showed a picture. It must be under one picture of the film (40 ms) for nine pictures in ten; in the
middle it is under half of one. With --free the players are not told to be in step, and this test must fail.
Exit status: 0 right, 1 wrong, 77 skipped (no Xvfb or ffmpeg).
"""
import argparse, os, shutil, statistics, subprocess, sys, tempfile, time

import numbered_clips
from kill_master import OFFICE, SIZE, Office, end_processes, wait_for
from screen_file import NumberWatch, ScreenFile

RATE = 25
ZONE = (0, 0, 800, 450)
LAYOUT = """canvas: [800, 600]
background: "#0b2545"
stack:
  - {name: film, kind: media, box: [0, 0, 800, 450]}
"""


class Display:
    """A virtual display, and the numbers of the list's pictures on it."""

    def __init__(self, directory, clips):
        os.mkdir(directory)
        self.screen = ScreenFile(directory, *SIZE)
        self.watch = NumberWatch(self.screen, ZONE, clips)

    def look(self):
        """True once a picture was seen."""
        self.watch.look(time.monotonic())
        return bool(self.watch.seen)


def skews(one, other, longest):
    """Of each picture that `one` showed, how much later `other` showed it, in milliseconds; `longest` of a whole round."""
    found = []
    for at, number in one:
        times = [moment - at for moment, same in other if same == number]
        if times:
            nearest = min(times, key=abs)
            if abs(nearest) <= longest / 2:
                found.append(nearest * 1000)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--free", action="store_true")
    parser.add_argument("--limit", type=float, default=1000 / RATE, help="milliseconds, of nine pictures in ten; a picture's time if not given")
    args = parser.parse_args()
    if not shutil.which("Xvfb") or not shutil.which("ffmpeg"):
        print("skipped: no Xvfb or no ffmpeg")
        return 77
    directory = tempfile.mkdtemp(prefix="hallcast-in-step-")
    path = lambda name: os.path.join(directory, name)
    # No sound driver: the film's sound goes by the machine's clock.
    environment = dict(os.environ, XDG_CONFIG_HOME=path("config"), SDL_AUDIODRIVER="none")
    for name, text in (("film.yaml", LAYOUT), ("office.yaml", OFFICE)):
        open(path(name), "w").write(text)
    clips = numbered_clips.make_list([(640, 360, RATE, 3, "h264"), (640, 360, RATE, 2, "h264")], directory)
    office = Office(os.path.abspath(args.program), path("master"), environment)
    os.mkdir(office.directory)
    displays = [Display(path(side), clips) for side in ("left", "right")]
    players, failed = [], None
    try:
        office.start()
        office.ctl("office", "apply", path("office.yaml"))
        token = open(os.path.join(office.directory, "keys", "http-token")).read().strip()
        subprocess.run([office.program, "content", "--url", f"http://127.0.0.1:{office.http}", "--token", token, "add", *(clip.file for clip in clips)],
                       env=environment, check=True, stdout=subprocess.DEVNULL, timeout=120)
        for number, display in enumerate(displays):
            command = [office.program, "play", "--connect", f"127.0.0.1:{office.port}", "--dir", path(f"player{number}"),
                       "--layout", path("film.yaml"), "--size", f"{SIZE[0]}x{SIZE[1]}", "--statistics", path(f"player{number}.json")]
            players.append(subprocess.Popen(command + ([] if args.free else ["--in-step"]), env=dict(environment, DISPLAY=display.screen.name),
                                            stdout=subprocess.DEVNULL, stderr=open(path(f"player{number}.log"), "ab")))
            wait_for("the player shows its film", display.look, 60)
            if number == 0:
                later = time.monotonic() + 1.3
                wait_for("a moment of another phase of the list", lambda: time.monotonic() > later, 5)
        joined = time.monotonic() + 3 + 3  # at the end of the entry that each began with, and that of the next
        while time.monotonic() < joined + args.seconds:
            for display in displays:
                display.look()
            time.sleep(0.001)  # of a display that has no way to tell us
        off = skews(*([(at, number) for at, number in display.watch.seen if at > joined] for display in displays), longest=5)
        sizes = sorted(abs(ms) for ms in off)
        assert len(sizes) > args.seconds * RATE * 0.6, f"only {len(sizes)} pictures were seen on both displays"
        middle, most = statistics.median(sizes), sizes[len(sizes) * 9 // 10]
        print(f"{len(sizes)} pictures; skew in the middle {statistics.median(off):+.1f} ms, its size p50 {middle:.1f}, p90 {most:.1f}, "
              f"p99 {sizes[len(sizes) * 99 // 100]:.1f}, max {sizes[-1]:.1f} ms", flush=True)
        assert most < args.limit, f"one picture in ten is {most:.0f} ms or more from its other"
        return 0
    except AssertionError as error:
        print(f"WRONG: {error}\nwhat is left lies in {directory}")
        failed = error
        return 1
    finally:
        end_processes(*players, office.process, *(display.screen.process for display in displays))
        if not failed:
            shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
