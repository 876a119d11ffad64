#!/usr/bin/env python3
"""media_mutations.py: broken copies of media files, played as playback would play them.

  media_mutations.py --player build/release/play_files [--count 10000] [--seed N] [--files FOLDER]

Every copy must play, be skipped with a reason, or be lost with one, within --limit seconds a call and --memory MiB for the
process tree. What ends in it may be a decoder's process, which is an item lost, but never the process that plays.
A copy that does wrong is kept, and its number and the seed make it again: --seed N --only NUMBER.
Exit status: 0 right, 1 wrong. Example, as long as an hour or two: media_mutations.py --player build/release/play_files --count 10000
"""
import argparse, collections, os, random, select, shutil, subprocess, sys, tempfile, time

import mutations, numbered_clips, process_tree
from watched_demo import judged

NO_ANSWER_SECONDS = 30     # more than any number of calls should take; a hang in one of them
SHARED = os.path.join(os.path.dirname(__file__), "..", "..", "..", "shared", "media")
MADE = [  # kinds that the shared ones lack
    ("mpeg2.ts", "-c:v mpeg2video -b:v 1M -c:a mp2"), ("vp8.webm", "-c:v libvpx -deadline realtime -c:a libvorbis"),
    ("opus.mkv", "-c:v libx264 -preset ultrafast -bf 2 -c:a libopus"), ("h264.mp4", "-c:v libx264 -preset ultrafast -bf 2 -c:a aac"),
    ("hevc.mp4", "-c:v libx265 -preset ultrafast -x265-params log-level=error -c:a aac"),
    ("fragments.mp4", "-c:v libx264 -preset ultrafast -g 10 -movflags frag_keyframe+empty_moov -c:a aac"),
    ("still.png", "-frames:v 1"), ("still.webp", "-frames:v 1"), ("moving.gif", "-t 0.5")]


def originals(folder, work):
    files = sorted(os.path.join(folder, name) for name in os.listdir(folder)) if os.path.isdir(folder) else []
    for name, options in MADE:
        file = os.path.join(work, name)
        sound = ["-f", "lavfi", "-i", "sine=440:r=48000"] if "-c:a" in options else []
        numbered_clips.run_ffmpeg("-f", "lavfi", "-i", "testsrc2=s=320x180:r=25", *sound, "-t", "1", "-pix_fmt",
                                  "rgb24" if name.endswith("png") else "rgb8" if name.endswith("gif") else "yuv420p", *options.split(), file)
        files.append(file)
    return files


class Player:
    """play_files, started again when it ended."""

    def __init__(self, command):
        self.command, self.process, self.most_memory = command, None, 0.0

    def start(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    def play(self, file, patience=NO_ANSWER_SECONDS):
        """(result, pictures, slowest ms, call, message); result is also `crashed` or `hung`."""
        if self.process is None:
            self.start()
        self.process.stdin.write(os.fsencode(file) + b"\n")
        self.process.stdin.flush()
        begin, answer = time.monotonic(), b""
        while not answer.endswith(b"\n"):
            if select.select([self.process.stdout], [], [], 0.1)[0]:
                read = os.read(self.process.stdout.fileno(), 65536)
                if not read:
                    status = self.process.wait()
                    self.end()
                    return "crashed", 0, 0.0, "", f"exit status {status}"
                answer += read
            self.most_memory = max(self.most_memory, process_tree.memory_mib(self.process.pid)[0])
            if time.monotonic() - begin > patience:
                self.end()
                return "hung", 0, patience * 1000.0, "", "no answer"
        result, pictures, slowest, call, message = answer.decode(errors="replace").rstrip("\n").split("\t")
        return result, int(pictures), float(slowest), call, message

    def end(self):
        if self.process:
            self.process.kill()
            self.process.communicate()
            self.process = None


def run(args, work, kept):
    files = originals(args.files, work)
    print(f"seed {args.seed}; {len(files)} files; {args.count} copies", flush=True)
    player = Player([args.player, "--pictures", str(args.pictures)])
    results, reasons, wrong = collections.Counter(), collections.Counter(), []
    slowest, before, settled = (0.0, "", ""), time.monotonic(), None
    try:
        for number in range(args.count) if args.only is None else [args.only]:
            # Each copy is made from the seed and its own number, so that one can be made again alone.
            chance = random.Random(args.seed * 1_000_003 + number)
            original = chance.choice(files)
            with open(original, "rb") as file:
                data, done = mutations.mutate(file.read(), chance)
            copy = os.path.join(work, "copy" + os.path.splitext(original)[1])
            with open(copy, "wb") as file:
                file.write(data)
            player.most_memory = 0.0
            result, pictures, ms, call, message = player.play(copy)
            results[result] += 1
            if message:
                reasons[message.replace(copy, "FILE")[:90]] += 1
            if ms > slowest[0]:
                slowest = (ms, call, f"copy {number} of {os.path.basename(original)}")
            problem = None
            if result in ("crashed", "hung"):
                problem = f"{result}: {message}"
            elif ms > args.limit * 1000:
                problem = f"{call} took {ms:.0f} ms"
            elif player.most_memory > args.memory:
                problem = f"{player.most_memory:.0f} MiB of memory"
            elif result == "skipped" and not message:
                problem = "skipped without a reason"
            if problem:
                name = f"copy-{args.seed}-{number}{os.path.splitext(original)[1]}"
                shutil.copy(copy, os.path.join(kept, name))
                wrong.append(f"{problem}; copy {number} of {os.path.basename(original)} ({done}): {os.path.join(kept, name)}")
                print("  " + wrong[-1], flush=True)
            if player.process and number == args.count // 5:
                settled = process_tree.memory_mib(player.process.pid)[1]
            if number % 1000 == 999:
                print(f"  {number + 1} copies, {time.monotonic() - before:.0f} s: {dict(results)}", flush=True)
        growth = process_tree.memory_mib(player.process.pid)[1] - settled if player.process and settled else 0.0
    finally:
        player.end()
    print(f"{sum(results.values())} copies in {time.monotonic() - before:.0f} s: {dict(results)}\n"
          f"  slowest call {slowest[0]:.0f} ms ({slowest[1]}, {slowest[2]}); memory grew by {growth:.1f} MiB after the first fifth")
    for reason, times in reasons.most_common(12):
        print(f"  {times:5} x {reason}")
    assert not wrong, f"{len(wrong)} copies (seed {args.seed})"
    assert growth < args.growth, f"memory grew by {growth:.1f} MiB"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--player", required=True, help="the program play_files")
    parser.add_argument("--count", type=int, default=10000)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--only", type=int, help="number of one copy")
    parser.add_argument("--files", default=SHARED, help="folder of the originals; a few are made besides")
    parser.add_argument("--pictures", type=int, default=60, help="of each copy")
    parser.add_argument("--limit", type=float, default=2.5, help="seconds for a call: playback's patience, and time to end")
    parser.add_argument("--memory", type=float, default=600, help="MiB, resident, of the tree")
    parser.add_argument("--growth", type=float, default=64, help="MiB, from the first fifth of the copies to the last")
    args = parser.parse_args()
    work = tempfile.mkdtemp(prefix="hallcast-mutations-")
    kept = tempfile.mkdtemp(prefix="hallcast-mutations-kept-")
    try:
        return judged(lambda: run(args, work, kept))
    finally:
        shutil.rmtree(work, ignore_errors=True)
        if not os.listdir(kept):
            os.rmdir(kept)


if __name__ == "__main__":
    sys.exit(main())
