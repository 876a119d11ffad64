#!/usr/bin/env python3
"""ducked_film.py: how a film makes room for a call on a running player, as usual and as the office says meanwhile.

  ducked_film.py --program build/release/hallcast

The film is a tone higher than espeak-ng's voice reaches, so that its level can be measured under the call. First it must go 18 dB down and
come back within 0.3 s; then the office is applied with other settings, and the next call must have those, without the player being
started again.
Exit status: 0 right, 1 wrong, 77 skipped (no Xvfb).
"""
import argparse, array, json, math, os, subprocess, sys

import numbered_clips
from hall_of_players import HallOfPlayers, LAYOUT
from kill_master import noon_zone
from sound_pipe import RATE
from watched_demo import exit_status

TONE = 13000
WINDOW = RATE // 100


def office(ducking=""):
    return (f"id: test\nname: {{en: Test}}\ntime_zone: {noon_zone()}\nlanguages: [en]\nservices:\n  - {{id: A, name: {{en: A}}}}\n"
            f"counters:\n  - {{number: 1}}\nhalls:\n  - {{id: main, name: {{en: Hall}}}}\n{ducking}")


def levels(samples):
    """Of the tone in dB, in windows of 10 ms."""
    turn, found = 2 * math.cos(2 * math.pi * TONE / RATE), []
    for at in range(0, len(samples) - WINDOW + 1, WINDOW):
        before = last = 0.0
        for sample in samples[at:at + WINDOW]:
            before, last = last, sample + turn * last - before
        found.append(10 * math.log10(max(1e-12, last * last + before * before - turn * last * before)))
    return found


def heard_duck(hall, player, rest):
    """(how deep in dB, for how many ms it came back), of one call; `rest`: seconds after it."""
    player.ear.listen()
    player.ear.kept = array.array("f")
    hall.listen_for(1.0)
    ticket, _ = hall.call()

    def spoken():
        calls = json.loads(hall.office.ctl("ctl", "--json", "calls", "--hall", "main")).get("calls", [])
        return any("spoken" in kept["receipt"] for record in calls if record["call"]["ticket"] == ticket for kept in record["receipts"])
    hall.wait_listening(f"{ticket} is spoken", spoken, 60)
    hall.listen_for(rest)
    found = levels(player.ear.kept)
    usual = sorted(found[:80])[40]
    # While the voice sounds the tone has its level, and at least half of the time.
    down = [level - usual for level in found if level - usual < -1]
    assert len(down) > 100, f"the film is down for {10 * len(down)} ms"
    depth = sorted(down)[len(down) // 2]
    last_down = max(i for i, level in enumerate(found) if level - usual < depth + 0.5)
    back = next((i for i in range(last_down, len(found)) if found[i] - usual > -0.5), None)
    assert back is not None, "the film does not come back"
    return depth, 10 * (back - last_down)


def run(args):
    program = os.path.abspath(args.program)
    with HallOfPlayers(program, players=1, counters=1, office=office()) as hall:
        path = lambda name: os.path.join(hall.folder, name)
        numbered_clips.run_ffmpeg("-f", "lavfi", "-i", "color=c=gray:size=320x180:rate=25:duration=30", "-f", "lavfi", "-i",
                                  f"sine=frequency={TONE}:sample_rate={RATE}:duration=30", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt",
                                  "yuv420p", "-c:a", "pcm_s16le", path("film.mkv"))
        with open(path("board.yaml"), "w") as file:
            file.write(LAYOUT + "  - {name: film, kind: media, box: [320, 300, 320, 180]}\n")
        hall.open()
        with open(os.path.join(hall.office.directory, "keys", "http-token")) as file:
            token = file.read().strip()
        subprocess.run([program, "content", "--url", f"http://127.0.0.1:{hall.office.http}", "--token", token, "add", path("film.mkv")],
                       env=hall.environment, check=True, capture_output=True, timeout=400)
        player, = hall.players
        player.start()
        hall.wait_listening("it can speak", hall.all_can_speak, 60)

        def plays():
            player.ear.kept = array.array("f")
            hall.listen_for(0.3)
            return sorted(levels(player.ear.kept))[10] > 0
        hall.wait_listening("the film is heard", plays, 60)
        depth, back = heard_duck(hall, player, 1.5)
        print(f"as usual: {depth:.1f} dB, back within {back} ms", flush=True)
        assert -19 < depth < -17 and 150 <= back <= 330, "the usual is -18 dB and 300 ms"

        with open(path("other.yaml"), "w") as file:
            file.write(office("ducking: {depth_db: -6, before_ms: 300, after_ms: 2000}\n"))
        hall.office.ctl("office", "apply", path("other.yaml"))
        hall.listen_for(0.5)
        depth, back = heard_duck(hall, player, 3.5)
        print(f"as the office says: {depth:.1f} dB, back within {back} ms", flush=True)
        assert -6.7 < depth < -5.3 and 450 <= back <= 1050, "it says -6 dB, and 1000 ms of the way up"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    args = parser.parse_args()
    return exit_status(lambda: run(args))


if __name__ == "__main__":
    sys.exit(main())
