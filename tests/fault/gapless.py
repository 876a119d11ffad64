#!/usr/bin/env python3
"""gapless.py: a playlist of clips of different sizes and rates, around and around, watched from outside.

  gapless.py --program build/release/hallcast [--loops 20] [--codecs h264,vp9] [--clips FOLDER] [--most-missed 0]

Every picture's number must appear on the screen once and in order, the zone may never be black, and the tone that all clips
share must go on over each join without a break: neither a missing sample nor a repeated one (a break of less than a
millisecond is told and counts too). `--most-missed` allows for pictures that a busy machine came too late for, and
`--most-missed-at-joins` for those among the three before and after a join. Where even the watcher, which does next to
nothing, was kept from looking for more than 2 % of the time, missed pictures are told, but blamed on nobody.
Exit status: 0 right, 1 wrong, 77 skipped (no Xvfb). Example, five minutes: gapless.py --program build/release/hallcast --loops 20
"""
import argparse, sys, time

import numbered_clips, tone
from screen_file import NumberWatch
from sound_pipe import RATE, SoundPipe
from watched_demo import WatchedDemo, exit_status

SIZE = (960, 540)
RECIPES = [(1280, 720, 25, 3), (1920, 1080, 30, 2), (640, 360, 50, 2), (960, 540, 24, 3), (768, 576, 60, 2)]
SHORT_RECIPES = [(640, 360, 25, 2), (960, 540, 30, 2), (320, 180, 50, 2), (512, 288, 24, 2), (384, 288, 60, 2)]
NEAR_JOIN = 3  # pictures
TOO_BUSY = 0.02


class Judgement:
    """What was seen, held against what a list of `lengths` pictures should have shown."""

    def __init__(self, seen, lengths, blind=()):
        total = sum(lengths)
        joins = [sum(lengths[:i]) for i in range(len(lengths))]
        self.shown, self.disorder, self.missed, self.missed_at_joins, self.unseen = len(seen), [], [], [], 0
        for (before_at, before), (at, number) in zip(seen, seen[1:]):
            step = (number - before) % total
            if step == 1:
                continue
            if step == 0 or step > total // 2:
                self.disorder.append(f"{number} after {before} at {at:.3f} s")
                continue
            lost = [(before + i) % total for i in range(1, step)]
            # Nobody looked while they may have been there.
            if any(begin < at + 0.001 and end > before_at + 0.001 for begin, end in blind):
                self.unseen += len(lost)
                continue
            self.missed += lost
            self.missed_at_joins += [n for n in lost if any(min((n - join) % total, (join - 1 - n) % total) < NEAR_JOIN for join in joins)]
        self.joins = sum(1 for (_, a), (_, b) in zip(seen, seen[1:]) if any((b - join) % total < (b - a) % total for join in joins))


def watch(demo, clips, loops, screenshot):
    """Until the list was shown so many times; the pictures' watch."""
    pictures = NumberWatch(demo.screen, (0, 0, *demo.size), clips)
    give_up = time.monotonic() + 30 + 2 * loops * sum(clip.seconds for clip in clips)
    while pictures.passed < loops * pictures.total:
        demo.sound.wait(0.001)
        now = time.monotonic()
        pictures.look(now)
        assert demo.running(), f"the player ended by itself:\n{demo.log()[-2000:]}"
        assert now < give_up, f"only {pictures.passed} pictures were shown:\n{demo.log()[-2000:]}"
        if screenshot and pictures.seen and now > pictures.seen[0][0] + 1:
            demo.screen.save_png(screenshot)
            screenshot = None
    return pictures


def tone_of(samples):
    """The stretch of the recording from the tone's begin to its end, a period off at both sides."""
    loud = 0.05
    begin = next((i for i, x in enumerate(samples) if x > loud), None)
    assert begin is not None, "nothing was heard"
    return samples[begin + RATE // 100:len(samples) - RATE // 10]


def run(args, folder):
    recipes = SHORT_RECIPES if args.loops < 5 else RECIPES
    codecs = args.codecs.split(",")
    clips = numbered_clips.make_list([(*recipe, codecs[i % len(codecs)]) for i, recipe in enumerate(recipes)], folder)
    length = sum(clip.seconds for clip in clips)
    with WatchedDemo(args.program, SIZE, lambda folder: SoundPipe(folder, args.own_pace)) as demo:
        demo.start([clip.file for clip in clips], "--no-simulate")
        pictures = watch(demo, clips, args.loops, args.screenshot)
        demo.stop()
        judged = Judgement(pictures.seen, [clip.pictures() for clip in clips], pictures.blind)
        sound = tone_of(demo.sound.samples)
        broken = tone.breaks(sound, numbered_clips.TONE)
        longer = [b for b in broken if b.seconds > 0.001]
        counts = demo.statistics()
        print(f"{args.loops} loops of {len(clips)} clips, {length} s each: {judged.shown} pictures, {judged.joins} joins\n"
              f"  out of order {len(judged.disorder)}; missed {len(judged.missed)}, of them at joins {len(judged.missed_at_joins)}; "
              f"black {len(pictures.black)} times; while nobody looked {judged.unseen}\n"
              f"  tone {len(sound) / RATE:.1f} s: breaks {len(broken)}, of them over 1 ms {len(longer)}\n"
              f"  the sound device's clock {100 * (demo.sound.pace() - 1):+.3f} %" + ("" if args.own_pace else f", nothing to play {demo.sound.dry} times") + "\n"
              f"  the player's own counts: " + ", ".join(f"{name} {counts.get(name)}" for name in (
                  "filmDecoded", "filmLate", "filmDropped", "filmCorrections", "filmSoundLost", "refreshesMissed", "worstLatenessMs")), flush=True)
        for b in broken[:10]:
            print(f"  break at {b.at:.3f} s of the tone: {b.seconds * 1000:.2f} ms, after it {b.late * 1000:+.3f} ms late")
        for line in judged.disorder[:10]:
            print("  " + line)
        if judged.missed:
            print("  missed: " + " ".join(map(str, judged.missed[:40])))
        assert not judged.disorder, f"{len(judged.disorder)} pictures out of order or repeated"
        assert not pictures.black, f"the zone was black, first for {1000 * (pictures.black[0][1] - pictures.black[0][0]):.0f} ms"
        blind = sum(end - begin for begin, end in pictures.blind) / (pictures.seen[-1][0] - pictures.seen[0][0])
        if blind > TOO_BUSY:
            print(f"  this machine is busy: nobody looked for {100 * blind:.1f} % of the time")
            args.most_missed = args.most_missed_at_joins = len(judged.missed)
        assert len(judged.missed) <= args.most_missed, f"{len(judged.missed)} pictures never reached the screen"
        assert len(judged.missed_at_joins) <= args.most_missed_at_joins, f"{len(judged.missed_at_joins)} of them at joins"
        assert not broken, f"{len(broken)} breaks in the tone"
        assert judged.joins >= args.loops * len(clips) - 1, f"only {judged.joins} joins were seen"
        assert len(sound) / RATE > args.loops * length - 2, f"only {len(sound) / RATE:.1f} s were heard"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--loops", type=int, default=20, help="of the list; fewer than 5 take smaller clips")
    parser.add_argument("--codecs", default="h264", help="of the clips in turn: " + ", ".join(numbered_clips.VIDEO))
    parser.add_argument("--clips", help="folder that keeps the clips for the next run")
    parser.add_argument("--screenshot", help="PNG of what is watched, a second after its beginning")
    parser.add_argument("--own-pace", action="store_true", help="SDL's disk driver keeps its own time, which is a percent or more slow")
    parser.add_argument("--most-missed", type=int, default=0)
    parser.add_argument("--most-missed-at-joins", type=int, default=0)
    args = parser.parse_args()
    with numbered_clips.folder(args.clips) as made:
        return exit_status(lambda: run(args, made))


if __name__ == "__main__":
    sys.exit(main())
