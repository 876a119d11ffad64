#!/usr/bin/env python3
"""av_sync.py: whether what flashes and what beeps at once in a clip does so in the hall, measured from outside.

  av_sync.py --program build/release/hallcast [--seconds 60] [--limit 20] [--audio pulse|disk]

The clip flashes white and beeps once a second, at the same moment. The flash is read from the display's framebuffer every
millisecond. The beep is timed in one of two ways:
  pulse  a sound server of our own with a device that keeps the machine's time (sound_server.py): what comes out of its monitor
         begins to be heard when it comes. The measurement errs by a fraction of a millisecond, beside a millisecond for the look.
  disk   what SDL's disk driver writes into a pipe that is emptied at a device's pace (sound_pipe.py), where there is no sound
         server. Such a device is late by half a page more or less than hallcast assumes of it: some 5 ms.
Told for every minute of the first ten, and for every ten minutes: mean, median, 95 %, the most and the drift of picture - sound, in
which a positive offset is a late picture. On a busy machine some pictures are late by a refresh or more: the mean, not the median,
tells. Judged are the first minute and the last, each by |mean| and 95 % of |picture - sound|.
Nothing is kept but a number for each second, so that it can go on for hours.
Exit status: 0 right, 1 wrong, 77 skipped (no Xvfb or sound server, or a machine too busy to tell).
Example of the long run: av_sync.py --program build/release/hallcast --seconds 3600
"""
import argparse, array, bisect, math, os, statistics, subprocess, sys, time

import numbered_clips
import sound_server
from sound_pipe import CHANNELS, RATE, SoundPipe
from watched_demo import WatchedDemo, exit_status

SIZE = (640, 360)
CLIP_SECONDS = 10
WHITE = 170
MOST_DRY = 0.1        # times a second that the disk driver came too late: above that the machine is too busy to tell anything
QUIET_SECONDS = 0.5   # between two beeps; a louder sample after that is a beep
PAIR_SECONDS = 0.4    # a flash and a beep farther apart are not one


def make_clip(folder):
    file = os.path.join(folder, "flash-and-beep.mp4")
    on = "lt(mod(n\\,30)\\,3)"
    numbered_clips.run_ffmpeg(
        "-f", "lavfi", "-i", f"testsrc2=s={SIZE[0]}x{SIZE[1]}:r=30,lutyuv=y=16+(val-16)/4,drawbox=c=white:t=fill:enable='{on}'",
        "-f", "lavfi", "-i", f"aevalsrc='0.5*sin(2*PI*1000*t)*lt(mod(t\\,1)\\,0.1)':s={RATE}", "-t", str(CLIP_SECONDS),
        "-c:v", "libx264", "-preset", "veryfast", "-bf", "2", "-pix_fmt", "yuv420p", "-ac", "2", "-c:a", "aac", "-b:a", "192k", file)
    return file


class Beeps:
    """Finds where sound begins after a silence."""

    def __init__(self):
        self.at = []        # sample frames
        self._quiet_since = -RATE
        self._position = 0

    def hear(self, samples):
        for i, x in enumerate(samples, self._position):
            if not -0.2 < x < 0.2:
                if i - self._quiet_since > QUIET_SECONDS * RATE:
                    self.at.append(i)
                self._quiet_since = i
        self._position += len(samples)


def own_delay(file):
    """Of the clip's beeps behind its whole seconds, as ffmpeg decodes it: not the player's."""
    decoded = subprocess.run(["ffmpeg", "-loglevel", "error", "-i", file, "-f", "f32le", "-"], capture_output=True, check=True).stdout
    samples = array.array("f")
    samples.frombytes(decoded)
    beeps = Beeps()
    beeps.hear(samples[::CHANNELS])
    assert len(beeps.at) == CLIP_SECONDS, f"the clip has {len(beeps.at)} beeps"
    return statistics.median(math.remainder(at / RATE, 1.0) for at in beeps.at)


class Watch:
    def __init__(self, demo):
        self.demo, self.beeps, self.flashes, self.scatter = demo, Beeps(), [], []
        self._white = True   # a flash counts after it was seen dark
        self._timed = 0      # of the beeps
        self.heard = []      # times of beeps
        self._pixel = demo.screen.offset(SIZE[0] / 2, SIZE[1] / 2) + 1

    def look(self):
        self.demo.sound.wait(0.001)
        white = self.demo.screen.bytes[self._pixel] > WHITE
        if white and not self._white:
            self.flashes.append(time.monotonic())
        self._white = white
        self._listen()

    def _listen(self):
        sound = self.demo.sound
        if len(sound.samples) >= RATE // 20:
            self.beeps.hear(sound.samples)
            del sound.samples[:]
        while self._timed < len(self.beeps.at):
            heard = sound.heard_at(self.beeps.at[self._timed])
            if heard is None:
                return
            self._timed += 1
            self.heard.append(heard[0])
            self.scatter.append(heard[1])


def pairs(flashes, heard):
    """(time, offset in seconds) of each flash that has a beep."""
    found = []
    for flash in flashes:
        at = bisect.bisect(heard, flash)
        near = min(heard[max(0, at - 1):at + 1], key=lambda beep: abs(beep - flash), default=None)
        if near is not None and abs(near - flash) < PAIR_SECONDS:
            found.append((flash, flash - near))
    return found


class Summary:
    """Of (time, offset) pairs, in milliseconds."""

    def __init__(self, found):
        offsets = [1000 * offset for _, offset in found]
        sizes = sorted(abs(o) for o in offsets)
        self.count, self.mean, self.median, self.most = len(offsets), statistics.fmean(offsets), statistics.median(offsets), sizes[-1]
        self.p95 = sizes[min(len(sizes) - 1, int(0.95 * len(sizes)))]
        self.drift = 3600 * statistics.linear_regression([at for at, _ in found], offsets).slope if len(found) > 1 else 0.0

    def __str__(self):
        return f"{self.count} pairs, mean {self.mean:+.1f}, median {self.median:+.1f}, p95 {self.p95:.1f}, max {self.most:.1f} ms, drift {self.drift:+.1f} ms/hour"


class Report:
    """Tells what was measured as it comes."""

    def __init__(self, watch, delay):
        self.watch, self.delay, self.begin = watch, delay, time.monotonic()
        self._minutes = 0

    def found(self, since=0.0, until=math.inf):
        return [(at, offset + self.delay) for at, offset in pairs(self.watch.flashes, self.watch.heard) if since <= at - self.begin < until]

    def look(self):
        # A second later: the beeps of the minute are timed then.
        minutes = int((time.monotonic() - self.begin - 1) / 60)
        if minutes <= self._minutes:
            return
        self._minutes = minutes
        if minutes <= 10:
            self.tell(f"minute {minutes}", 60 * (minutes - 1), 60 * minutes)
        if minutes % 10 == 0:
            self.tell(f"minutes {minutes - 10} to {minutes}", 60 * (minutes - 10), 60 * minutes)

    def tell(self, what, since, until):
        found = self.found(since, until)
        print(f"{what}: {Summary(found) if found else 'nothing'}", flush=True)


def judge(args, demo, report):
    watch, found = report.watch, report.found()
    assert len(found) >= 0.8 * args.seconds - 3, f"only {len(found)} flashes with a beep in {args.seconds} s ({len(watch.flashes)} flashes, {len(watch.heard)} beeps)"
    counts = demo.statistics()
    print(f"all: {Summary(found)}; the clip's own {report.delay * 1000:+.2f} ms is taken off\n"
          f"  scatter of the sound's times: median {statistics.median(watch.scatter) * 1000:.2f}, max {max(watch.scatter) * 1000:.2f} ms; "
          f"its clock is {100 * (demo.sound.pace() - 1):+.4f} % fast\n"
          "  the player's own counts: " + ", ".join(f"{name} {counts.get(name)}" for name in (
              "filmCorrections", "filmLate", "filmDropped", "refreshesMissed", "filmSoundPpm", "filmSoundBehindMs", "filmSoundLost")))
    judged = {"first": Summary([(at, o) for at, o in found if at < found[0][0] + 60]), "last": Summary([(at, o) for at, o in found if at > found[-1][0] - 60])}
    for which, minute in judged.items():
        print(f"the {which} minute: {minute}; the limit is {args.limit:g} ms", flush=True)
    wrong = [which for which, minute in judged.items() if abs(minute.mean) > args.limit or minute.p95 > args.limit]
    if args.audio == "disk":
        print(f"  the sound driver came too late {demo.sound.dry} times")
        if wrong and demo.sound.dry > MOST_DRY * args.seconds:
            print("skipped: this machine is too busy to keep the sound driver's time")
            return 77
    assert not wrong, "picture and sound are too far apart in the " + " and the ".join(wrong) + " minute"
    return 0


def run(args):
    if args.audio == "pulse" and sound_server.missing():
        print(f"skipped: no {', '.join(sound_server.missing())} (Debian: pulseaudio, pulseaudio-utils)")
        return 77
    sound = sound_server.SoundServer if args.audio == "pulse" else lambda folder: SoundPipe(folder, pages=1)
    with WatchedDemo(args.program, SIZE, sound) as demo:
        clip = make_clip(demo.folder)
        delay = own_delay(clip)
        demo.start([clip], "--no-simulate")
        watch = Watch(demo)
        report = Report(watch, delay)
        while time.monotonic() < report.begin + args.seconds + 2:
            watch.look()
            report.look()
            assert demo.running(), f"the player ended by itself:\n{demo.log()[-2000:]}"
            if args.screenshot and watch.flashes:
                demo.screen.save_png(args.screenshot)
                args.screenshot = None
        demo.stop()
        return judge(args, demo, report)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--audio", choices=["pulse", "disk"], default="pulse")
    parser.add_argument("--limit", type=float, default=20, help="milliseconds")
    parser.add_argument("--screenshot", help="PNG of the first flash")
    args = parser.parse_args()
    return exit_status(lambda: run(args))


if __name__ == "__main__":
    sys.exit(main())
