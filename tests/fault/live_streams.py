#!/usr/bin/env python3
"""live_streams.py: live streams on the screen, whose sender goes away and comes back.

  live_streams.py --program build/release/hallcast [--kinds hls,http,udp,rtsp] [--away 6] [--screenshot FOLDER]

Each kind is sent by a server of our own on loopback and watched from outside: its pictures are numbered. They must come in order; when
the sender is gone the last one stays, never black; when it is back pictures go on, and the player counts a connection made again and
tells of the loss once. The address has a password in it, which no log may have. Exit status: 0 right, 1 wrong, 77 skipped (no Xvfb).
"""
import argparse, os, sys, time

import numbered_clips
from screen_file import NumberWatch
from stream_servers import KINDS
from watched_demo import WatchedDemo, exit_status

SIZE = (640, 360)
SECRET = "geheim"
SETTLE = 4.5  # seconds: what was received is shown to its end
STALL = 2.0   # seconds without a picture: of a connection that is lost (after 4 s of silence, or at its end), and made anew
LIMIT = 60    # for anything that is waited for; a test that works never waits so long


def look_until(demo, pictures, done, what):
    give_up = time.monotonic() + LIMIT
    while not done():
        demo.sound.wait(0.001)
        pictures.look(time.monotonic())
        assert demo.running(), f"the player ended by itself:\n{demo.log()[-2000:]}"
        assert time.monotonic() < give_up, f"{what} never came:\n{demo.log()[-2000:]}"


def disorder(seen, total):
    """Steps back while pictures come. Where they did not, a connection was made anew, and the sender is wherever it is by then."""
    return [(a, b) for (then, a), (at, b) in zip(seen, seen[1:]) if (b - a) % total > total // 2 and at - then < STALL]


def watch_kind(kind, clip, program, away, screenshots):
    server = KINDS[kind](clip)
    server.start()
    running = True
    address = server.address.replace("://", f"://hall:{SECRET}@") if kind != "udp" else server.address
    try:
        with WatchedDemo(program, SIZE) as demo:
            demo.start([address], "--no-simulate")
            pictures = NumberWatch(demo.screen, (0, 0, *SIZE), [clip])
            started = time.monotonic()
            look_until(demo, pictures, lambda: pictures.seen, "the first picture")
            first = pictures.seen[0][0] - started
            look_until(demo, pictures, lambda: pictures.passed >= 75, "three seconds of pictures")
            assert not disorder(pictures.seen, pictures.total), f"out of order: {disorder(pictures.seen, pictures.total)}"
            if screenshots:
                demo.screen.save_png(os.path.join(screenshots, f"{kind}.png"))
            server.stop()
            running = False
            gone = time.monotonic()
            look_until(demo, pictures, lambda: time.monotonic() > gone + max(away, SETTLE), "the time without a sender")
            held = pictures.seen[-1]
            assert time.monotonic() - held[0] > 0.5, f"pictures went on until {held[0] - gone:.1f} s after the sender was gone"
            if screenshots:
                demo.screen.save_png(os.path.join(screenshots, f"{kind}-away.png"))
            server.start()
            running = True
            back = time.monotonic()
            count = len(pictures.seen)
            look_until(demo, pictures, lambda: len(pictures.seen) >= count + 75, "three seconds of pictures after the sender was back")
            again = pictures.seen[count][0] - back
            after = pictures.seen[count:]
            assert not disorder(after, pictures.total), f"out of order after the sender was back: {disorder(after, pictures.total)}"
            span = after[-1][0] - after[0][0]
            rate = (len(after) - 1) / span
            demo.stop()
            items = demo.statistics().get("items", [])
            log = demo.log()
            assert not pictures.black, f"black for {pictures.black}"
            assert len(items) == 1 and int(items[0]["reconnects"]) >= 1, f"no connection made again was counted: {items}"
            assert SECRET not in log and SECRET not in str(items), "the password is in the log"
            told = [line for line in log.splitlines() if " warning " in line and "is skipped" in line]
            assert told and len(told) == len(set(line[line.index("is skipped"):] for line in told)), f"told more than once: {told}"
            assert "is there again" in log, "nobody was told that it is there again"
            assert rate < 1.3 * clip.fps, f"a burst of {rate:.1f} pictures a second"
            print(f"{kind}: first picture {first:.1f} s after the start; {len(pictures.seen)} pictures; the last one held from "
                  f"{held[0] - gone:+.1f} s after the sender was gone; pictures {again:.1f} s after it was back, {rate:.1f} a second; "
                  f"reconnects {items[0]['reconnects']}, faults {items[0]['faults']}, late {items[0]['late']}, dropped {items[0]['dropped']}")
            for line in told:
                print("  " + line[line.index("is skipped"):])
    finally:
        if running:
            server.stop()


def run(args, folder):
    clip = numbered_clips.make(numbered_clips.Clip(640, 360, 25, 10), folder)
    for kind in args.kinds.split(","):
        watch_kind(kind, clip, args.program, args.away, args.screenshot)
        sys.stdout.flush()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--away", type=float, default=6, help="seconds without a sender")
    parser.add_argument("--clips", help="folder that keeps the clip for the next run")
    parser.add_argument("--screenshot", help="folder for PNGs of what is watched, with the sender and without")
    args = parser.parse_args()
    with numbered_clips.folder(args.clips) as made:
        return exit_status(lambda: run(args, made))


if __name__ == "__main__":
    sys.exit(main())
