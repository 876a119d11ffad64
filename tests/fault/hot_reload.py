#!/usr/bin/env python3
"""hot_reload.py: the layout of a running screen is edited again and again while a film plays, watched from outside.

  hot_reload.py --program build/release/hallcast [--edits 20] [--limit 200] [--most-missed 0] [--way rename]

Each edit changes the colour beside the film. Told: how long after the save the new colour is on the display, and whether each
picture of the film, which carries its number, was on the screen once and in order meanwhile. Then a wrong edit: the old layout
stays, and the log, the API and the health page's list say why with the line, until it is put right. In the end the same for the
shipped layout, of which an office makes its own. `--limit` is milliseconds, `--most-missed` allows for pictures that a busy
machine came too late for.
Exit status: 0 right, 1 wrong, 77 skipped (no Xvfb). Example: hot_reload.py --program build/release/hallcast --edits 100
"""
import argparse, json, os, statistics, sys, time, urllib.request

import numbered_clips
from gapless import Judgement, TOO_BUSY
from kill_master import wait_for
from screen_file import NumberWatch
from watched_demo import WatchedDemo, exit_status

SIZE = (1280, 720)
ZONE = (0, 0, 960, 540)
PLACE = (1100, 650)  # in nothing but the background
CLIP = numbered_clips.Clip(960, 540, 30, 6)
LAYOUT = """canvas: [1280, 720]
background: "#{colour:06x}"
stack:
  - {{name: film, kind: media, box: [0, 0, 960, 540]}}
  - {{name: board, kind: board, box: [960, 0, 320, 540], rows: {rows}, text_size: {size}}}
  - {{name: line, kind: ticker, box: [0, 560, 1280, 60], text_size: 36, speed: 200}}
"""
WRONG = LAYOUT.replace("kind: ticker", "kind: tickre")


def layout(number):
    return LAYOUT.format(colour=0x101010 + 0x050301 * (number % 30), rows=5 + number % 3, size=40 + number % 3)


def save(file, text, way="rename"):
    """As an editor does; the moment at which it was done."""
    if way == "rename":
        with open(file + ".tmp", "w") as beside:
            beside.write(text)
        os.rename(file + ".tmp", file)
    else:
        with open(file, "w") as over:
            over.write(text)
    return time.monotonic()


def colour_of(text):
    return int(text.split('background: "#')[1][:6], 16)


class Watch:
    def __init__(self, demo, clip):
        self.demo, self.pictures, self.place = demo, NumberWatch(demo.screen, ZONE, [clip]), demo.screen.offset(*PLACE)

    def colour(self):
        return int.from_bytes(self.demo.screen.bytes[self.place:self.place + 3], "little")

    def look(self):
        time.sleep(0.0005)  # between two looks at a display, which has no way to tell us
        assert self.demo.running(), f"the player ended by itself:\n{self.demo.log()[-2000:]}"
        now = time.monotonic()
        self.pictures.look(now)
        return now

    def until(self, what, condition, seconds=30):
        end = time.monotonic() + seconds
        while not condition():
            assert self.look() < end, f"not within {seconds} s: {what}\n{self.demo.log()[-2000:]}"

    def shows(self, text):
        self.until(f"the colour {colour_of(text):06x}, instead of {self.colour():06x}", lambda: self.colour() == colour_of(text))
        return time.monotonic()

    def films(self, pictures):
        count = len(self.pictures.seen) + pictures
        self.until(f"{pictures} pictures of the film", lambda: len(self.pictures.seen) >= count)


def players(demo):
    request = urllib.request.Request(f"http://127.0.0.1:{demo.http}/api/v1/players", headers={"Authorization": "Bearer demo"})
    return json.load(urllib.request.urlopen(request, timeout=10))["players"]


def layout_error(demo):
    return next(one["report"]["statistics"]["layoutError"] for one in players(demo))


def edit(args, demo, watch, file):
    watch.films(60)
    watch.pictures.seen.clear()
    watch.pictures.blind.clear()
    times = []
    for number in range(1, args.edits + 1):
        saved = save(file, layout(number), args.way)
        times.append(1000 * (watch.shows(layout(number)) - saved))
        watch.films(10 + number % 3)  # so that edits come at all moments between two pictures
    seen = watch.pictures.seen
    judged = Judgement(seen, [CLIP.pictures()], watch.pictures.blind)
    blind = sum(end - begin for begin, end in watch.pictures.blind) / (seen[-1][0] - seen[0][0])
    holds = sorted(1000 * (b - a) for (a, _), (b, _) in zip(seen, seen[1:]))
    print(f"{args.edits} edits by {args.way}: on the screen after {statistics.median(times):.0f} ms (median), {max(times):.0f} ms (at most)\n"
          f"  film: {judged.shown} pictures; out of order or repeated {len(judged.disorder)}, missed {len(judged.missed)}, black {len(watch.pictures.black)} times, "
          f"while nobody looked {judged.unseen} ({100 * blind:.1f} % of the time); a picture stayed {statistics.median(holds):.1f} ms (median), "
          f"{holds[len(holds) * 99 // 100]:.1f} ms (99 %), {holds[-1]:.1f} ms (at most)", flush=True)
    assert not judged.disorder, f"{judged.disorder[:5]}"
    assert not watch.pictures.black, "the film was black"
    if blind > TOO_BUSY:
        print("  this machine is busy: what was missed is blamed on nobody")
    else:
        assert len(judged.missed) <= args.most_missed, f"{len(judged.missed)} pictures never reached the screen"
    assert max(times) <= args.limit, f"an edit took {max(times):.0f} ms"


def edit_wrongly(demo, watch, file):
    before = watch.colour()
    assert layout_error(demo) == ""
    saved = save(file, WRONG.format(colour=0xffffff, rows=5, size=40))
    watch.until("the API says what is wrong", lambda: "tickre" in layout_error(demo), 10)
    told = 1000 * (time.monotonic() - saved)
    error = layout_error(demo)
    place = f"{os.path.basename(file)}:6:"
    assert place in error, f"without its line: {error}"
    assert place in demo.log() and "tickre" in demo.log(), "the log does not say it"
    watch.films(30)
    assert watch.colour() == before, "the old layout did not stay"
    right = layout(7)
    save(file, right)
    watch.shows(right)
    watch.until("the API says that it is right again", lambda: layout_error(demo) == "", 10)
    print(f"  a wrong edit: told by the API after {told:.0f} ms, the screen as it was: {error}", flush=True)


def run(args, folder):
    clip = numbered_clips.make(CLIP, folder)
    with WatchedDemo(args.program, SIZE, None) as demo:
        file = os.path.join(demo.folder, "edited.yaml")
        save(file, layout(0))
        demo.start([clip.file], "--no-simulate", layout=file)
        watch = Watch(demo, clip)
        watch.shows(layout(0))
        edit(args, demo, watch, file)
        edit_wrongly(demo, watch, file)
        if args.screenshot:
            demo.screen.save_png(args.screenshot)
        demo.stop()
        counts = demo.statistics()
        print("  the player's own counts: " + ", ".join(f"{name} {counts.get(name)}" for name in (
            "filmDecoded", "filmLate", "filmDropped", "filmCorrections", "refreshesMissed", "worstLatenessMs")))
    with WatchedDemo(args.program, SIZE, None) as demo:
        demo.start([clip.file], "--no-simulate", layout="hall")
        watch = Watch(demo, clip)
        watch.until("the shipped layout", lambda: watch.colour() != 0)
        shipped = watch.colour()
        folder_of_layouts = os.path.join(demo.folder, "demo", "layouts")
        os.mkdir(folder_of_layouts)
        own = os.path.join(folder_of_layouts, "hall.yaml")
        saved = save(own, layout(3))
        print(f"  an office's own in the place of the shipped one: after {1000 * (watch.shows(layout(3)) - saved):.0f} ms")
        os.remove(own)
        watch.until("the shipped layout again", lambda: watch.colour() == shipped)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--edits", type=int, default=20)
    parser.add_argument("--limit", type=float, default=200, help="milliseconds from a save to the screen")
    parser.add_argument("--most-missed", type=int, default=0)
    parser.add_argument("--way", choices=["rename", "write"], default="rename", help="how a file is saved")
    parser.add_argument("--clips", help="folder that keeps the clip for the next run")
    parser.add_argument("--screenshot", help="PNG of what is watched, at the end of the edits")
    args = parser.parse_args()
    with numbered_clips.folder(args.clips) as made:
        return exit_status(lambda: run(args, made))


if __name__ == "__main__":
    sys.exit(main())
