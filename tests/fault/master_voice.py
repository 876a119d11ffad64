#!/usr/bin/env python3
"""master_voice.py: a recorded voice is given to the master once, and all its players speak with it.

  master_voice.py --program build/release/hallcast [--wav FILE]

Recordings are made of one tone, so that they are told from espeak-ng's voice by it. A player speaks with espeak-ng; the pack is added as
content is, and the next call is spoken with it; a player that was never there before speaks with it, too. A damaged pack is refused with
what is wrong, and nothing changes. When the voice is removed espeak-ng speaks again. No call is unspoken.
Exit status: 0 right, 1 wrong, 77 skipped (no Xvfb).
"""
import argparse, array, json, math, os, subprocess, sys, time, wave

from hall_of_players import HallOfPlayers
from kill_master import noon_zone
from sound_pipe import RATE
from watched_demo import exit_status

TONE = 2400       # Hz; neither a chime's nor where a voice is loud
WINDOW = RATE // 50
LEAST_WINDOWS = 40  # of the tone in a call of eight pieces and more; espeak-ng has none


def office():
    """Of one language, so that a call is one sentence."""
    return (f"id: test\nname: {{en: Test}}\ntime_zone: {noon_zone()}\nlanguages: [en]\nservices:\n  - {{id: A, name: {{en: A}}}}\n"
            "counters:\n  - {number: 1}\nhalls:\n  - {id: main, name: {en: Hall}}\n")


def record(hallcast, folder):
    """What a speaker brings: a file for each piece of the list."""
    os.mkdir(folder)
    silence, soft, tone = [0] * (RATE // 4), RATE // 50, []
    for i in range(RATE * 3 // 10):
        envelope = min(1.0, i / soft, (RATE * 3 // 10 - i) / soft)
        tone.append(int(6000 * envelope * math.sin(2 * math.pi * TONE * i / RATE)))
    samples = array.array("h", silence + tone + silence).tobytes()
    for line in hallcast("voice", "list", "--language", "en", "--letters", "A").splitlines():
        if line.startswith("#"):
            continue
        with wave.open(os.path.join(folder, line.split("\t")[0]), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(samples)


def tone_windows(samples):
    """How many windows of 20 ms are mostly the tone."""
    turn, count = 2 * math.cos(2 * math.pi * TONE / RATE), 0
    for at in range(0, len(samples) - WINDOW + 1, WINDOW):
        window = samples[at:at + WINDOW]
        energy = sum(sample * sample for sample in window)
        if energy < WINDOW * 1e-5:
            continue
        before = last = 0.0
        for sample in window:
            before, last = last, sample + turn * last - before
        power = last * last + before * before - turn * last * before
        count += 2 * power / WINDOW > 0.8 * energy
    return count


def spoken(hall, player):
    """Calls somebody; the sound of it, when its receipt has come."""
    player.ear.listen()
    player.ear.kept = array.array("f")
    ticket, _ = hall.call()

    def receipt():
        calls = json.loads(hall.office.ctl("ctl", "--json", "calls", "--hall", "main")).get("calls", [])
        return [kept for record in calls if record["call"]["ticket"] == ticket for kept in record["receipts"] if "spoken" in kept["receipt"]]
    receipts = hall.wait_listening(f"{ticket} is spoken", receipt, 60)
    assert [kept["player"] for kept in receipts] == [player.name], receipts
    assert receipts[0]["receipt"]["spoken"].get("languages") == ["en"], receipts
    hall.listen_for(0.5)
    return player.ear.kept


def run(args):
    program = os.path.abspath(args.program)
    with HallOfPlayers(program, players=2, counters=1, office=office()) as hall:
        path = lambda name: os.path.join(hall.folder, name)

        def hallcast(*arguments, wrong=False):
            done = subprocess.run([program, *arguments], env=hall.environment, capture_output=True, text=True, timeout=120)
            assert (done.returncode != 0) == wrong, f"{arguments}: {done.returncode}: {done.stdout}{done.stderr}"
            return done.stdout + done.stderr

        def content(*arguments, wrong=False):
            with open(os.path.join(hall.office.directory, "keys", "http-token")) as file:
                token = file.read().strip()
            return hallcast("content", "--url", f"http://127.0.0.1:{hall.office.http}", "--token", token, *arguments, wrong=wrong)

        def can_speak(player):
            assert player.process.poll() is None, "the player ended by itself"
            listed = json.loads(hall.office.ctl("ctl", "--json", "players")).get("players", [])
            return any(one["player"] == player.name and one.get("live") and one["report"].get("canSpeak") and one["report"].get("epoch")
                       for one in listed)

        def log(player):
            with open(os.path.join(player.folder, "player.log"), errors="replace") as file:
                return file.read()

        record(hallcast, path("recorded"))
        hallcast("voice", "check", path("recorded"), "--language", "en", "--letters", "A")
        hallcast("voice", "pack", path("recorded"), "--language", "en", "--letters", "A", "-o", path("en.voice"))
        hallcast("voice", "check", path("en.voice"))
        with open(path("en.voice"), "rb") as whole, open(path("cut.voice"), "wb") as cut:
            cut.write(whole.read()[:100_000])

        hall.open()
        first, fresh = hall.players
        first.start()
        hall.wait_listening("the first can speak", lambda: can_speak(first), 60)
        heard = tone_windows(spoken(hall, first))
        assert heard < 5, f"espeak-ng sounds like the tone in {heard} windows"

        added = content("add", path("en.voice"))
        assert "en.voice" in content("list"), "the voice is not listed"
        began = time.monotonic()
        hall.wait_listening("the player opens the voice", lambda: "recorded pieces of 'en'" in log(first), 30)
        print(f"the pack of {os.path.getsize(path('en.voice')) / 1e6:.1f} MB is open on the player {time.monotonic() - began:.1f} s after it was added")
        sound = spoken(hall, first)
        heard = tone_windows(sound)
        if args.wav:
            with wave.open(args.wav, "wb") as file:
                file.setnchannels(1)
                file.setsampwidth(2)
                file.setframerate(RATE)
                file.writeframes(array.array("h", [int(max(-1, min(1, sample)) * 32767) for sample in sound]).tobytes())
        assert heard >= LEAST_WINDOWS, f"the recorded voice is heard in {heard} windows"
        print(f"the next call is spoken with it: the tone in {heard} windows of 20 ms", flush=True)

        refused = content("add", path("cut.voice"), wrong=True)
        assert "cut.voice: is cut off" in refused, refused
        heard = tone_windows(spoken(hall, first))
        assert heard >= LEAST_WINDOWS, f"after a bad pack the voice is heard in {heard} windows"
        print(f"a damaged pack changes nothing: {refused.strip().splitlines()[-1]}", flush=True)

        first.process.terminate()
        first.process.wait(20)
        fresh.start()
        hall.wait_listening("the fresh one opens the voice", lambda: can_speak(fresh) and "recorded pieces of 'en'" in log(fresh), 60)
        heard = tone_windows(spoken(hall, fresh))
        assert heard >= LEAST_WINDOWS, f"on a fresh player the voice is heard in {heard} windows"
        print("a player that was never there before speaks with it", flush=True)

        content("remove", added.split()[0])
        blobs = os.path.join(fresh.folder, "content", "blobs")
        hall.wait_listening("the player's copy goes", lambda: not os.listdir(blobs), 30)
        heard = tone_windows(spoken(hall, fresh))
        assert heard < 5, f"the removed voice is heard in {heard} windows"
        print("removed, espeak-ng speaks again", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--wav", help="file for what was heard of a call in the recorded voice")
    args = parser.parse_args()
    return exit_status(lambda: run(args))


if __name__ == "__main__":
    sys.exit(main())
