#!/usr/bin/env python3
"""turned_screen.py: what a display shows that is mounted turned, watched from outside, for --rotate 90, 180 and 270.

  turned_screen.py --program build/release/hallcast [--painter gl] [--screenshots FOLDER]

A film whose pictures carry their numbers plays beside a running line. The player is halted a few times: each time the display,
turned back, must have the film's number at its place, another one, the line must have moved, and nothing else may have been
drawn. The page with which a player waits to be paired must be, turned back, pixel by pixel the one of a display that stands
upright. Exit status: 0 right, 1 wrong, 77 skipped (no Xvfb).
"""
import argparse, os, signal, subprocess, sys, tempfile, zlib

import numbered_clips
from kill_master import end_processes, free_port, wait_for
from screen_file import NumberPlace, ScreenFile
from watched_demo import WatchedDemo, exit_status

UPRIGHT = (480, 640)
FILM = (16, 48, 320, 180)  # nowhere where a picture turned otherwise would have it, too
LINE = (40, 420, 400, 48)
STOPS = 8
PATIENCE = 30  # seconds
LAYOUT = f"""canvas: [{UPRIGHT[0]}, {UPRIGHT[1]}]
background: "#204060"
connection_notice: false
stack:
  - {{name: film, kind: media, box: {list(FILM)}}}
  - {{name: line, kind: ticker, box: {list(LINE)}, background: "#000000", speed: 150, text_size: 32, texts: {{en: "Please have your documents ready +++ "}}}}
"""
BACKGROUND = bytes((0x60, 0x40, 0x20))


class TurnedBack:
    """A display's pixels as somebody sees them who stands before it, the display being mounted turned by so many degrees."""

    def __init__(self, screen, degrees):
        self.screen, self.degrees, self.bytes = screen, degrees, screen.bytes
        self.size = (screen.height, screen.width) if degrees % 180 else (screen.width, screen.height)

    def offset(self, x, y):
        x, y = int(x), int(y)
        width, height = self.size
        return self.screen.offset(*{0: (x, y), 90: (height - 1 - y, x), 180: (width - 1 - x, height - 1 - y), 270: (y, width - 1 - x)}[self.degrees])

    def pixels(self, box=None):
        left, top, width, height = box or (0, 0, *self.size)
        return [self.bytes[at:at + 3] for at in (self.offset(x, y) for y in range(top, top + height) for x in range(left, left + width))]


def still(screen):
    """Returns when the server has drawn all that it was sent."""
    last = [None, 0]

    def unchanged():
        now = zlib.crc32(screen.bytes)
        last[:] = [now, last[1] + 1 if now == last[0] else 0]
        return last[1] >= 5

    wait_for("the display stands still", unchanged, PATIENCE)


def display_size(degrees):
    return UPRIGHT[::-1] if degrees % 180 else UPRIGHT


def watch_film(args, clip, degrees):
    with WatchedDemo(args.program, display_size(degrees), sound=None) as demo:
        layout = os.path.join(demo.folder, "turned.yaml")
        with open(layout, "w") as file:
            file.write(LAYOUT)
        demo.start([clip.file], "--no-simulate", "--rotate", str(degrees), "--painter", args.painter, layout=layout)
        seen = TurnedBack(demo.screen, degrees)
        place = NumberPlace(seen, FILM, clip)
        beside = [seen.offset(x, y) for y in range(UPRIGHT[1]) for x in range(UPRIGHT[0])
                  if not any(left <= x < left + width and top <= y < top + height for left, top, width, height in (FILM, LINE))]
        numbers, lines = [], []
        wait_for(f"the film is where it belongs, turned by {degrees}", lambda: place.read() is not None, PATIENCE)
        for _ in range(STOPS):
            before = zlib.crc32(demo.screen.bytes)
            wait_for("the film moves", lambda: zlib.crc32(demo.screen.bytes) != before, PATIENCE)
            demo.process.send_signal(signal.SIGSTOP)
            still(demo.screen)
            numbers.append(place.read())
            lines.append(seen.pixels(LINE))
            spoiled = sum(seen.bytes[at:at + 3] != BACKGROUND for at in beside)
            demo.process.send_signal(signal.SIGCONT)
            assert numbers[-1] is not None, f"turned by {degrees}: the film's number is not at its place"
            assert spoiled == 0, f"turned by {degrees}: {spoiled} pixels beside film and line were drawn"
            wait_for("the film goes on", lambda: place.read() not in (None, numbers[-1]), PATIENCE)
        if args.screenshots:
            demo.screen.save_png(os.path.join(args.screenshots, f"film-{degrees}.png"))
        assert len(set(numbers)) == STOPS, f"turned by {degrees}: the numbers are {numbers}"
        differ = sum(a != b for a, b in zip(lines, lines[1:]))
        assert differ == STOPS - 1, f"turned by {degrees}: the line moved {differ} times"
        print(f"turned by {degrees}: pictures {numbers}, the line moved each time", flush=True)
        demo.stop()


def pairing_page(args, degrees):
    """The upright pixels of the page of a player that finds no master."""
    with tempfile.TemporaryDirectory(prefix="hallcast-turned-") as folder:
        width, height = display_size(degrees)
        screen = ScreenFile(folder, width, height)
        player = None
        try:
            player = subprocess.Popen([args.program, "play", "--connect", f"127.0.0.1:{free_port()}", "--dir", os.path.join(folder, "player"),
                                       "--size", f"{width}x{height}", "--rotate", str(degrees)],
                                      env=dict(os.environ, DISPLAY=screen.name, XDG_CONFIG_HOME=folder), stdout=subprocess.DEVNULL,
                                      stderr=subprocess.DEVNULL)
            empty = zlib.crc32(screen.bytes)
            wait_for("the page is there", lambda: zlib.crc32(screen.bytes) != empty, PATIENCE)
            still(screen)
            if args.screenshots:
                screen.save_png(os.path.join(args.screenshots, f"pairing-{degrees}.png"))
            return TurnedBack(screen, degrees).pixels()
        finally:
            end_processes(*([player] if player else []), screen.process)


def run(args):
    if args.screenshots:
        os.makedirs(args.screenshots, exist_ok=True)
    with numbered_clips.folder() as folder:
        clip = numbered_clips.make(numbered_clips.Clip(640, 360, 25, 8), folder)
        for degrees in (90, 180, 270):
            watch_film(args, clip, degrees)
    upright = pairing_page(args, 0)
    assert len(set(upright)) > 2, "the page is empty"
    for degrees in (90, 180, 270):
        other = sum(a != b for a, b in zip(upright, pairing_page(args, degrees)))
        assert other == 0, f"turned by {degrees}: {other} pixels of the page differ"
    print("the page that waits to be paired is the same on each display")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--painter", default="cpu", choices=["cpu", "gl"])
    parser.add_argument("--screenshots", help="folder for PNGs of the displays")
    args = parser.parse_args()
    args.program = os.path.abspath(args.program)
    return exit_status(lambda: run(args))


if __name__ == "__main__":
    sys.exit(main())
