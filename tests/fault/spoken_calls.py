#!/usr/bin/env python3
"""spoken_calls.py: ten calls in each language as they are heard, and whether a machine understands the English ones.

  spoken_calls.py --program build/release/hallcast [--seed N] [--calls 10] [--languages en,pl] [--keep DIR] [--player]

Each call is a recording of its own (`hallcast say`: chime, sentence; or, with --player, what the screen of a hall lets be heard when
a visitor is called at a master, some seven seconds each), measured with tools that are not ours: the loudness by
ffmpeg's ebur128, the longest silence inside here. The English ones are given to an offline recogniser (Debian's pocketsphinx and
pocketsphinx-en-us), whose grammar knows the forty tickets that wait and the ten counters of a hall, in every combination; it must
understand ticket and counter of nine in ten. Its model is American, so that British pronunciations are added to its dictionary.
How long a language takes from a cold start of the program, and from the clerk's answer to the chime, is printed, not judged.
Exit status: 0 right, 1 wrong, 77 skipped (no pocketsphinx or ffmpeg).
"""
import argparse, array, contextlib, glob, math, os, random, re, shutil, statistics, subprocess, sys, tempfile, time, wave

from hall_of_players import HallOfPlayers
from kill_master import noon_zone
from sound_pipe import PAGE
from watched_demo import judged

RATE = 48000
TARGET_LUFS, WITHIN_LU = -17.0, 1.0    # player/sound/speech_level.h
SILENCE_BELOW, LONGEST_SILENCE = 10 ** (-50 / 20), 0.12
WAITING, COUNTERS, UNDERSTOOD = 40, 10, 0.9
LETTERS = "ABCDEF"
MODEL = "/usr/share/pocketsphinx/model/en-us"
BRITISH = {"number": "N AH M B AH", "counter": "K AW N T AH", "four": "F AO"}
# Less is pruned than by default, since a synthetic voice is unlike what the model was made of; the noise it would take out is our fades.
# espeak-ng's voice is that of a taller man than the model was made of: raised by so much it is in its middle. (Of 30 calls it understood
# 23 as they are, 28 raised by a sixteenth.)
VOICE_RAISED = 17 / 16
RECOGNISER = ["-remove_noise", "no", "-dither", "yes", "-seed", "1", "-lw", "12", "-beam", "1e-90", "-wbeam", "1e-70", "-pbeam", "1e-90", "-lpbeam", "1e-80",
              "-fwdflatbeam", "1e-100", "-fwdflatwbeam", "1e-60", "-logfn", "/dev/null"]

UNITS = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
TENS = "- - twenty thirty forty fifty sixty seventy eighty ninety".split()


def words(number):
    if number < 20:
        return UNITS[number]
    if number < 100:
        return TENS[number // 10] + (" " + UNITS[number % 10] if number % 10 else "")
    return UNITS[number // 100] + " hundred" + (" and " + words(number % 100) if number % 100 else "")


class Call:
    def __init__(self, letter, number, counter):
        self.letter, self.number, self.counter = letter, number, counter

    def ticket(self):
        return f"{self.letter}{self.number:03}"

    def english(self):
        return f"number {self.letter.lower()} {words(self.number)} please go to counter {words(self.counter)}"


class Recogniser:
    def __init__(self, folder, waiting):
        self.grammar, self.dictionary = os.path.join(folder, "call.jsgf"), os.path.join(folder, "british.dict")
        tickets = " | ".join(f"{call.letter.lower()} {words(call.number)}" for call in waiting)
        counters = " | ".join(words(counter) for counter in range(1, COUNTERS + 1))
        with open(self.grammar, "w") as file:
            file.write(f"#JSGF V1.0;\ngrammar call;\npublic <call> = number <ticket> please go to counter <counter>;\n"
                       f"<ticket> = {tickets};\n<counter> = {counters};\n")
        used = set(f"number please go to counter and hundred {' '.join(UNITS + TENS)} {' '.join(LETTERS.lower())}".split())
        with open(os.path.join(MODEL, "cmudict-en-us.dict")) as all_words, open(self.dictionary, "w") as file:
            for line in all_words:
                word, _, sounds = line.strip().partition(" ")
                # A letter's name only, not the article.
                if re.sub(r"\(\d\)", "", word) in used and sounds != "AH":
                    file.write(f"{'a' if word == 'a(2)' else word} {sounds}\n")
            for word, sounds in BRITISH.items():
                file.write(f"{word}(9) {sounds}\n")

    def understood(self, wav, folder):
        heard = os.path.join(folder, "16k.wav")
        subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", wav, "-af", f"asetrate={RATE * VOICE_RAISED:.0f},aresample=16000,apad=pad_dur=0.5",
                        "-ar", "16000", heard], check=True)
        done = subprocess.run(["pocketsphinx_continuous", "-infile", heard, "-jsgf", self.grammar, "-dict", self.dictionary,
                               "-hmm", os.path.join(MODEL, "en-us"), *RECOGNISER], check=True, capture_output=True, text=True)
        return " ".join(done.stdout.split())


def loudness(wav):
    """LUFS of two loudspeakers that play it."""
    done = subprocess.run(["ffmpeg", "-v", "info", "-nostats", "-i", wav, "-af", "ebur128=dualmono=true", "-f", "null", "-"],
                          check=True, capture_output=True, text=True)
    return float(re.findall(r"I:\s+(-?[\d.]+) LUFS", done.stderr)[-1])


def longest_silence(wav):
    """(seconds, where) between the first and the last sound, in steps of 5 ms."""
    with wave.open(wav) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (RATE, 1, 2), wav
        samples = array.array("h", file.readframes(file.getnframes()))
    step, longest, last_sound = RATE // 200, (0.0, 0.0), None
    for at in range(0, len(samples) - step + 1, step):
        piece = samples[at:at + step]
        if math.sqrt(sum(sample * sample for sample in piece) / step) / 32768 < SILENCE_BELOW:
            continue
        if last_sound is not None:
            longest = max(longest, ((at - last_sound) / RATE, last_sound / RATE))
        last_sound = at + step
    return longest


@contextlib.contextmanager
def saying(options, language, calls):
    """record(call, wav), of what `hallcast say` makes: (the sentence, seconds of sound, milliseconds that a program just started took)"""
    def record(call, wav):
        done = subprocess.run([options.program, "say", "--language", language, "--ticket", call.ticket(), "--counter", str(call.counter), "-o", wav],
                              check=True, capture_output=True, text=True)
        sentence, last = done.stdout.strip().splitlines()
        seconds, took = re.search(r": ([\d.]+) s, made in (\d+) ms$", last).groups()
        return sentence.partition(": ")[2], float(seconds), float(took)
    yield record


def office_of(language, calls):
    """An office that speaks one language, so that a call is one sentence, and whose first tickets are those of the calls."""
    first = {}
    for call in calls:
        first[call.letter] = min(call.number, first.get(call.letter, call.number))
    services = "".join(f"  - {{id: {letter}, name: {{{language}: {letter}}}, first_number: {number}}}\n" for letter, number in sorted(first.items()))
    counters = "".join(f"  - {{number: {number}}}\n" for number in range(1, COUNTERS + 1))
    return (f"id: test\nname: {{{language}: Test}}\ntime_zone: {noon_zone()}\nlanguages: [{language}]\nservices:\n{services}counters:\n{counters}"
            f"halls:\n  - {{id: main, name: {{{language}: Test}}}}\n")


@contextlib.contextmanager
def hearing(options, language, calls):
    """record(call, wav), of what a hall's screen lets be heard: ("", seconds of sound, milliseconds from the clerk's key to the chime)"""
    with HallOfPlayers(options.program, players=1, counters=COUNTERS, office=office_of(language, calls)) as hall:
        hall.open()
        player, ear = hall.players[0], hall.players[0].ear
        player.start()
        hall.wait_listening("the player can speak", hall.all_can_speak, 60)

        def record(call, wav):
            assert hall.office.ask("POST", "/api/v1/tickets", {"service": call.letter, "language": language}), "no ticket"
            ear.kept = array.array("f")
            ear.stretches.clear()
            began = time.monotonic()
            called = hall.office.ask("POST", f"/api/v1/counters/{call.counter}/call-next")
            assert called and called["ticket"] == call.ticket(), f"{call.ticket()} was to be called: {called}"
            hall.wait_listening(f"{language}: {call.ticket()} is heard to its end",
                                lambda: ear.stretches and time.monotonic() - ear.stretches[-1][1] > ear.PAUSE, 30)
            loud = [at for at in range(0, len(ear.kept) - PAGE + 1, PAGE) if max(ear.kept[at:at + PAGE]) > ear.LOUD]
            samples = ear.kept[loud[0]:loud[-1] + PAGE]
            with wave.open(wav, "wb") as file:
                file.setparams((1, 2, RATE, 0, "NONE", ""))
                file.writeframes(array.array("h", (max(-32768, min(32767, round(32768 * sample))) for sample in samples)).tobytes())
            return "", len(samples) / RATE, 1000 * (ear.stretches[0][0] - began)
        yield record


def numbered_on(calls):
    """An office gives a letter's numbers one after the other: the second of two calls of one letter has the number after the first's."""
    last = {}
    for call in calls:
        call.number = last[call.letter] = last[call.letter] + 1 if call.letter in last else min(call.number, 990)


def run(options):
    waiting = options.random.sample([(letter, number) for letter in LETTERS for number in range(1, 1000)], WAITING)
    waiting = [Call(letter, number, options.random.randint(1, COUNTERS)) for letter, number in waiting]
    calls = waiting[:options.calls]
    if options.player:
        numbered_on(calls)
    languages = sorted(os.path.basename(file)[:-5] for file in glob.glob(os.path.join(os.path.dirname(__file__), "../../content/voices/*.yaml")))
    assert len(languages) >= 14, languages
    languages = options.languages or languages
    recogniser = Recogniser(options.folder, waiting)
    right, wrong = 0, []
    for language in languages:
        lengths, levels, silences, times = [], [], [], []
        with (hearing if options.player else saying)(options, language, calls) as record:
            for call in calls:
                wav = os.path.join(options.folder, f"{language}-{call.ticket()}-{call.counter}.wav")
                sentence, seconds, took = record(call, wav)
                lengths.append(seconds)
                times.append(took)
                levels.append(loudness(wav))
                silences.append(longest_silence(wav))
                if abs(levels[-1] - TARGET_LUFS) > WITHIN_LU:
                    wrong.append(f"{wav}: {levels[-1]} LUFS")
                if silences[-1][0] > LONGEST_SILENCE:
                    wrong.append(f"{wav}: {silences[-1][0]:.3f} s of silence at {silences[-1][1]:.2f} s")
                if language == "en":
                    heard = recogniser.understood(wav, options.folder)
                    right += heard == call.english()
                    print(f"  {call.ticket()} to {call.counter:2}  {'understood' if heard == call.english() else 'MISHEARD'}: {heard}", flush=True)
        print(f"{language}  {len(calls)} calls  {min(lengths):.2f} to {max(lengths):.2f} s  {min(levels):.1f} to {max(levels):.1f} LUFS  "
              f"longest silence {1000 * max(silences)[0]:.0f} ms  {'heard after' if options.player else 'made in'} {statistics.median(times):.0f} ms (most {max(times):.0f})  {sentence}", flush=True)
    for line in wrong:
        print(f"WRONG: {line}")
    assert not wrong, f"{len(wrong)} recordings are not as they should be"
    if "en" in languages:
        print(f"English: {right} of {len(calls)} understood")
        assert right >= UNDERSTOOD * len(calls), f"only {right} of {len(calls)} English calls were understood"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    parser.add_argument("--calls", type=int, default=10)
    parser.add_argument("--languages", type=lambda text: text.split(","), help="only these; default: all of content/voices")
    parser.add_argument("--player", action="store_true", help="record a hall's screen, instead of `hallcast say`")
    parser.add_argument("--keep", help="folder for the recordings; else they are deleted")
    options = parser.parse_args()
    missing = [name for name in ("pocketsphinx_continuous", "ffmpeg") if not shutil.which(name)]
    if not os.path.isdir(MODEL):
        missing.append(MODEL)
    if missing:
        print(f"skipped: no {', '.join(missing)} (Debian: pocketsphinx, pocketsphinx-en-us, ffmpeg)")
        return 77
    print(f"seed {options.seed}", flush=True)
    options.program, options.random = os.path.abspath(options.program), random.Random(options.seed)
    options.folder = options.keep or tempfile.mkdtemp(prefix="hallcast-spoken-")
    os.makedirs(options.folder, exist_ok=True)
    try:
        return judged(lambda: run(options))
    finally:
        if not options.keep:
            shutil.rmtree(options.folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
