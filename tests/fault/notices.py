#!/usr/bin/env python3
"""notices.py: what staff tell everybody, heard and seen from outside.

  notices.py --program build/release/hallcast [--screenshots FOLDER] [--wav FILE]

A whole office on a virtual display, whose sound is recorded as a device would play it. A film with a tone of 440 Hz plays:
what is not the tone is a chime, a signal or a voice. It must hold that
- a notice in two languages is heard within 2 s of the command and to its end, once, over a film that is at least 12 dB down,
- its banner is on the screen while it is spoken, and gone when it is over,
- an urgent notice begins within 1 s in the middle of a call, with its own signal; the call is spoken again afterwards, and
  has its receipt by that,
- the urgent one is repeated after 20 s, and is silent at once when it is ended.
Exit status: 0 right, 1 wrong, 77 skipped (no Xvfb).
"""
import argparse, json, math, os, sys, time, urllib.request, wave
from dataclasses import dataclass
from operator import mul

import numbered_clips
from sound_pipe import RATE
from watched_demo import WatchedDemo, exit_status

SIZE = (960, 540)
LAYOUT = """canvas: [960, 540]
background: "#0b2545"
stack:
  - {name: film, kind: media, box: [0, 0, 640, 540]}
  - {name: call, kind: call, box: [0, 0, 640, 300], background: "#ffd166", colour: "#06182f", highlight: "#06182f", text_size: 120}
  - {name: board, kind: board, box: [640, 0, 320, 540], text_size: 50}
"""
TONE = numbered_clips.TONE
WINDOW = RATE // math.gcd(RATE, TONE)  # whole periods of the tone: 25 ms
HEARD = 10 ** (-42 / 20)               # RMS of what is not the tone
CHIME, URGENT = (659.26, 523.25), (622.25, 932.33)
GROUND, EMERGENCY_GROUNDS = (244, 247, 251), ((160, 0, 26), (128, 0, 20))


def waves(frequency):
    step = 2 * math.pi * frequency / RATE
    return [math.sin(step * i) for i in range(WINDOW)], [math.cos(step * i) for i in range(WINDOW)]


TONE_WAVES = waves(TONE)
SIGNALS = {name: [waves(f) for f in tones] for name, tones in (("chime", CHIME), ("urgent", URGENT))}


def power(samples, pair):
    return ((sum(map(mul, samples, pair[0])) / WINDOW) ** 2 + (sum(map(mul, samples, pair[1])) / WINDOW) ** 2) * 2


@dataclass
class Stretch:
    """Of speech: by time.monotonic()."""
    begin: float
    end: float
    signal: str   # what it begins with: "chime", "urgent", "" for neither
    tone: float   # the film's, by the median, of its usual height


class Ear:
    """Listens in windows: how high the tone is, and whether there is anything else."""

    def __init__(self, demo):
        self.demo, self.windows = demo, []   # (heard at, tone's power, rest's RMS, which signal)
        self.kept = []

    def listen(self, seconds):
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            assert self.demo.running(), f"the player ended by itself:\n{self.demo.log()[-2000:]}"
            self.demo.sound.wait(min(left, 0.05))
            samples = self.demo.sound.samples
            for first in range(0, len(samples) - WINDOW + 1, WINDOW):
                self.hear(samples[first:first + WINDOW], self.frames + first)
            used = len(samples) // WINDOW * WINDOW
            self.kept.extend(samples[:used])
            self.frames += used
            del samples[:used]

    frames = 0

    def hear(self, samples, frame):
        tone = power(samples, TONE_WAVES)
        rest = max(0.0, sum(map(mul, samples, samples)) / WINDOW - tone)
        signal = ""
        for name, pairs in SIGNALS.items():
            if rest > HEARD ** 2 and sum(power(samples, pair) for pair in pairs) > 0.5 * rest:
                signal = name
        self.windows.append((self.demo.sound.heard_at(frame)[0], tone, math.sqrt(rest), signal))

    def until(self, what, condition, seconds):
        give_up = time.monotonic() + seconds
        while not (found := condition()):
            assert time.monotonic() < give_up, f"not within {seconds} s: {what}; heard: {self.speech(0)}"
            self.listen(0.1)
        return found

    def speech(self, since, join=0.3):
        """Stretches since then, joined over pauses; the last may go on still."""
        usual = sorted(w[1] for w in self.windows)[len(self.windows) * 3 // 4]
        found = []
        for at, tone, rest, signal in self.windows:
            if at < since or rest < HEARD:
                continue
            if not found or at - found[-1]["end"] > join:
                found.append({"begin": at, "tones": [], "signals": []})
            found[-1]["end"] = at + WINDOW / RATE
            found[-1]["tones"].append(tone)
            if at - found[-1]["begin"] < 0.6 and signal:
                found[-1]["signals"].append(signal)
        def signal_of(one):
            return max(set(one["signals"]), key=one["signals"].count) if len(one["signals"]) >= 4 else ""
        return [Stretch(one["begin"], one["end"], signal_of(one), math.sqrt(sorted(one["tones"])[len(one["tones"]) // 2] / usual)) for one in found]

    def silent_since(self):
        """For how long nothing but the film has been heard."""
        return next((self.windows[-1][0] - at for at, _, rest, _ in reversed(self.windows) if rest >= HEARD), math.inf)

    def save(self, file):
        with wave.open(file, "wb") as out:
            out.setnchannels(1), out.setsampwidth(2), out.setframerate(RATE)
            out.writeframes(b"".join(max(-32768, min(32767, int(s * 32767))).to_bytes(2, "little", signed=True) for s in self.kept))


def ask(demo, method, path, body=None):
    request = urllib.request.Request(f"http://127.0.0.1:{demo.http}{path}", method=method, data=body and json.dumps(body).encode(),
                                     headers={"Authorization": "Bearer demo"})
    return json.load(urllib.request.urlopen(request, timeout=10))


def banner(demo, *colours):
    """How many of the pixels that are looked at in the banner's part of the screen have one of its grounds' colours."""
    seen = demo.screen.bytes
    offsets = [demo.screen.offset(x, y) for x in range(60, 620, 20) for y in range(360, 510, 10)]
    return sum((seen[i + 2], seen[i + 1], seen[i]) in colours for i in offsets) / len(offsets)


def a_notice(demo, ear, picture):
    told = time.monotonic()
    notice = ask(demo, "POST", "/api/v1/notices", {"text": {"pl": "Okienko numer siedem jest dzisiaj nieczynne.", "uk": "Віконце номер сім сьогодні не працює."},
                                                   "seconds": 30})
    ear.until("the notice is heard", lambda: ear.speech(told), 5)
    picture("notice")
    share = banner(demo, GROUND)
    assert share > 0.3, f"no banner is seen while the notice is spoken: {share:.2f} of its part of the screen"
    ear.until("the notice's end", lambda: ear.silent_since() > 3, 40)
    stretches = ear.speech(told, join=0.7)
    one = stretches[0]
    print(f"notice: heard {one.begin - told:.2f} s after the command for {one.end - one.begin:.1f} s, film at {20 * math.log10(one.tone):.1f} dB")
    assert len(stretches) == 1 and one.signal == "chime", stretches
    assert 0 < one.begin - told < 2 and 5 < one.end - one.begin < 20, one
    assert one.tone < 10 ** (-12 / 20), one
    ask(demo, "DELETE", "/api/v1/notices/" + notice["id"])
    ear.until("the banner goes", lambda: banner(demo, GROUND) < 0.05, 3)


def an_urgent_one(demo, ear, picture):
    called = time.monotonic()
    call = ask(demo, "POST", "/api/v1/counters/1/call-next")
    ear.until("the call is heard", lambda: ear.speech(called), 5)
    ear.listen(2.0)
    told, told_us = time.monotonic(), time.time() * 1e6
    notice = ask(demo, "POST", "/api/v1/notices", {"text": {"pl": "Uwaga, proszę spokojnie opuścić salę.", "ar": "يرجى مغادرة القاعة بهدوء."},
                                                   "urgent": True, "seconds": 60})
    signal = ear.until("the urgent signal", lambda: [at for at, _, _, name in ear.windows if at > told and name == "urgent"], 5)[0]
    print(f"urgent: its signal is heard {signal - told:.2f} s after the command, {told - called:.1f} s after the call")
    assert signal - told < 1.0, signal - told
    picture("urgent")
    share = banner(demo, *EMERGENCY_GROUNDS)
    assert share > 0.3, f"the emergency is not seen: {share:.2f}"

    receipt = ear.until("the call's receipt", lambda: [kept["receipt"]["spoken"] for record in ask(demo, "GET", "/api/v1/calls")["calls"]
                                                       if record["call"]["callId"] == call["callId"]
                                                       for kept in record["receipts"] if "spoken" in kept["receipt"]], 40)[0]
    print(f"the call was spoken again {(int(receipt['fromUs']) - told_us) / 1e6:.1f} s after the urgent notice, at {receipt['levelDbfs']:.1f} dBFS")
    assert int(receipt["fromUs"]) > told_us, receipt
    assert [s.signal for s in ear.speech(signal + 1.5, join=0.25) if s.signal], ear.speech(told)
    repeated = ear.until("the repetition", lambda: [at for at, _, _, name in ear.windows if at > told + 15 and name == "urgent"], 30)[0]
    print(f"it was repeated after {repeated - told:.1f} s")
    assert 19 < repeated - told < 30
    ear.listen(1.5)
    ask(demo, "DELETE", "/api/v1/notices/" + notice["id"])
    ended = time.monotonic()
    ear.listen(1.5)
    late = [s for s in ear.speech(ended + 0.5)]
    assert not late, f"heard after it was ended: {late}"
    assert banner(demo, *EMERGENCY_GROUNDS) < 0.05, "the banner stays"
    ear.listen(2.0)


def run(args):
    if args.screenshots:
        os.makedirs(args.screenshots, exist_ok=True)
    with numbered_clips.folder() as folder, WatchedDemo(args.program, SIZE) as demo:
        clip = numbered_clips.make(numbered_clips.Clip(640, 360, 25, 4), folder)
        layout = os.path.join(demo.folder, "hall.yaml")
        with open(layout, "w") as file:
            file.write(LAYOUT)
        demo.start([clip.file], "--no-simulate", layout=layout)
        ear = Ear(demo)

        def picture(name):
            if args.screenshots:
                demo.screen.save_png(os.path.join(args.screenshots, name + ".png"))

        ear.until("the film is heard", lambda: len(ear.windows) > 80 and min(w[1] for w in ear.windows[-40:]) > 1e-4, 60)
        del ear.windows[:-40]
        a_notice(demo, ear, picture)
        an_urgent_one(demo, ear, picture)
        if args.wav:
            ear.save(args.wav)
        assert demo.stop() == 0, demo.log()[-2000:]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--screenshots", help="a folder for pictures of the screen")
    parser.add_argument("--wav", help="what was heard")
    args = parser.parse_args()
    return exit_status(lambda: run(args))


if __name__ == "__main__":
    sys.exit(main())
