#!/usr/bin/env python3
"""signs.py: calls in a sign language on a real player's screen, watched from outside, and `hallcast signs check`.

  signs.py --program build/release/hallcast [--most-missed 0] [--screenshot FILE]

The clips of the pack carry numbers, each clip its own: what is signed is read off the screen. Two calls at once must be signed one
after the other, each clip of them whole, in order and once, and nothing after them; a call that a clip is lacking for is not signed
at all, and the log says which; the next one is signed again. `--most-missed` allows for pictures that a busy machine came too late for.
Exit status: 0 right, 1 wrong, 77 skipped (no Xvfb).
"""
import argparse, concurrent.futures, os, shutil, subprocess, sys, time

import numbered_clips
from hall_of_players import HallOfPlayers
from kill_master import noon_zone
from screen_file import NumberWatch
from watched_demo import exit_status

ZONE = (320, 240, 320, 180)
QUIET = 2  # seconds without a sign, after which no more is expected
CALL_SECONDS = 3  # shorter than the signs: they go on
COUNTERS = 2
LAYOUT = f"""canvas: [640, 480]
background: "#0b2545"
stack:
  - {{name: board, kind: board, box: [0, 0, 320, 480], rows: 6, text_size: 40}}
  - {{name: call, kind: call, box: [320, 0, 320, 240], seconds: {CALL_SECONDS}, text_size: 60}}
  - {{name: sign, kind: sign, box: {list(ZONE)}}}
"""


def office():
    """B has no letter in the pack; counter 1 is one clip, counter 2 is two."""
    return (f"id: test\nname: {{pl: Test}}\ntime_zone: {noon_zone()}\nlanguages: [pl]\nservices:\n  - {{id: A, name: {{pl: A}}}}\n"
            "  - {id: B, name: {pl: B}}\n" f"counters:\n" + "".join(f"  - {{number: {n}}}\n" for n in range(1, COUNTERS + 1)) +
            "halls:\n  - {id: main, name: {pl: Sala}}\n")


def make_pack(hallcast, clips_folder, folder):
    """A clip for each piece that is needed, and one of a counter."""
    listed = [line.split("\t") for line in hallcast("signs", "list", "--letters", "A").splitlines() if not line.startswith("#")]
    names = [name for name, meaning in listed if not meaning.endswith("*")] + ["counter-1.mp4"]
    clips = numbered_clips.make_list([(320, 180, 25, 1, "h264")] * len(names), clips_folder)
    os.makedirs(folder)
    for name, clip in zip(names, clips):
        shutil.copy(clip.file, os.path.join(folder, name))
    return {name.removesuffix(".mp4"): clip for name, clip in zip(names, clips)}


def check_packs(hallcast, pack, folder):
    """A right one and broken ones."""
    said = hallcast("signs", "check", pack, "--letters", "A")
    assert "all pieces are there and right" in said, said
    said = hallcast("signs", "check", pack, "--letters", "AB", wrong=True)
    assert "letter-B.mp4: is missing" in said and "1 faults" in said, said
    broken = shutil.copytree(pack, os.path.join(folder, "broken"))
    path = lambda name: os.path.join(broken, name)
    os.remove(path("number-3.mp4"))
    os.truncate(path("call.mp4"), 5000)
    numbered_clips.run_ffmpeg("-i", path("number-5.mp4"), "-vf", "scale=160:90", path("number-6.mp4"))
    said = hallcast("signs", "check", broken, "--letters", "A", wrong=True)
    for fault in ("number-3.mp4: is missing", "call.mp4: ", "number-6.mp4: is 160x90, the first clip 320x180"):
        assert fault in said, said
    assert "3 faults" in said, said
    print("checked packs:\n" + "".join(f"  {line}\n" for line in said.strip().splitlines()), end="", flush=True)


class Watch:
    def __init__(self, player, clips):
        self.player = player
        self.pictures = NumberWatch(player.screen, ZONE, clips)
        self.signed_at = 0  # when a sign was last seen

    def look(self):
        time.sleep(0.002)  # between two looks at a display, which has no way to tell us
        assert self.player.process.poll() is None, "the player ended by itself"
        now = time.monotonic()
        self.pictures.look(now)
        if self.shown():
            self.signed_at = now
        return now

    def shown(self):
        return any(place.read() is not None for place in self.pictures.places)

    def until(self, what, condition, seconds=30):
        end = time.monotonic() + seconds
        while not condition():
            assert self.look() < end, f"not within {seconds} s: {what}"

    def until_quiet(self):
        self.until("nothing is signed any more", lambda: self.signed_at < time.monotonic() - QUIET, 60)

    def take(self):
        """The numbers that were seen since the last time, in their order."""
        numbers = [number for _, number in self.pictures.seen]
        self.pictures.seen.clear()
        return numbers


def judge(what, seen, pieces, pack, most_missed):
    """Each clip of the pieces was seen, all in order and once."""
    wanted = [number for name in pieces for number in range(pack[name].first, pack[name].first + pack[name].pictures())]
    places = []
    for number in seen:
        after = places[-1] + 1 if places else 0
        assert number in wanted[after:], f"{what}: picture {number} is out of order, repeated or of another clip, of {seen}"
        places.append(wanted.index(number, after))
    missed = [number for place, number in enumerate(wanted) if place not in places]
    at = 0
    for name in pieces:
        clip = range(at, at + pack[name].pictures())
        assert any(place in clip for place in places), f"{what}: {name} is not signed: {seen}"
        at = clip.stop
    print(f"{what}: {' '.join(pieces)}: {len(seen)} of {len(wanted)} pictures seen, in order, once; nothing after them", flush=True)
    assert len(missed) <= most_missed, f"{what}: missed {missed}"


def run(args):
    program = os.path.abspath(args.program)
    with HallOfPlayers(program, players=1, counters=COUNTERS, office=office()) as hall:
        def hallcast(*arguments, wrong=False):
            done = subprocess.run([program, *arguments], env=hall.environment, capture_output=True, text=True, timeout=120)
            assert (done.returncode != 0) == wrong, f"{arguments}: {done.returncode}: {done.stdout}{done.stderr}"
            return done.stdout + done.stderr

        clips_folder = os.path.join(hall.folder, "clips")
        os.mkdir(clips_folder)
        with open(os.path.join(hall.folder, "board.yaml"), "w") as file:
            file.write(LAYOUT)
        hall.open()
        player, = hall.players
        folder = os.path.join(player.folder, "signs", "pso")
        pack = make_pack(hallcast, clips_folder, folder)
        check_packs(hallcast, folder, hall.folder)
        player.start("--no-sound")
        watch = Watch(player, list(pack.values()))

        def follows():
            return player.name in {one["player"] for one in (hall.office.ask("GET", "/api/v1/players") or {}).get("players", [])
                                   if one.get("live") and one["report"].get("epoch")}
        watch.until("the player follows the hall", follows, 60)
        assert not watch.take(), "signed before anybody is called"

        def call(service, counter):
            assert hall.office.ask("POST", "/api/v1/tickets", {"service": service, "language": "pl"}), "no ticket"
            called = hall.office.ask("POST", f"/api/v1/counters/{counter}/call-next")
            assert called, "nobody could be called"
            return called["ticket"]

        def watched_calls(*calls):
            """The screen is watched meanwhile: signs begin before clerks are answered."""
            with concurrent.futures.ThreadPoolExecutor(1) as clerk:
                answered = clerk.submit(lambda: [call(*one) for one in calls])
                watch.until("the clerk is answered", answered.done)
                return answered.result()

        def pieces(ticket, counter):
            number = int(ticket[1:])
            assert ticket[0] == "A" and number < 10, ticket
            return ["call", "letter-A", f"number-{number}"] + (["counter-1"] if counter == 1 else ["counter", f"number-{counter}"])

        first, second = watched_calls(("A", 1), ("A", 2))
        watch.until("the call is signed", lambda: watch.pictures.seen, 20)
        watch.until_quiet()
        judge(f"{first} and {second} at once", watch.take(), pieces(first, 1) + pieces(second, 2), pack, args.most_missed)

        lacking, = watched_calls(("B", 1))
        warned = f"{lacking} is not signed: the clip 'letter-B' is lacking"

        def log():
            with open(os.path.join(player.folder, "player.log"), errors="replace") as file:
                return file.read()
        watch.until("the log says what is lacking", lambda: warned in log(), 20)
        watch.signed_at = time.monotonic()
        watch.until_quiet()
        assert not watch.take(), f"{lacking} is signed without its letter"
        print(f"{lacking}: {warned}", flush=True)

        third, = watched_calls(("A", 2))
        watch.until("the call is signed", lambda: watch.pictures.seen, 20)
        watch.until_quiet()
        judge(third, watch.take(), pieces(third, 2), pack, args.most_missed)
        if args.screenshot:
            watched_calls(("A", 1))
            watch.until("the call is signed", lambda: watch.pictures.seen, 20)
            player.screen.save_png(args.screenshot)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--most-missed", type=int, default=0)
    parser.add_argument("--screenshot", help="PNG of the screen while a call is signed")
    args = parser.parse_args()
    return exit_status(lambda: run(args))


if __name__ == "__main__":
    sys.exit(main())
