#!/usr/bin/env python3
"""media.py: what one picture of a film costs on the screen, beside mpv and beside ffmpeg that only decodes.

  tests/bench/media.py --program build/release/hallcast [--clips FOLDER] [--only h264] [--rounds 3] [--player build/release/play_files]

Each clip is played in real time on a 1920x1080 display of its own, over the whole of it: by `hallcast demo` and by
`mpv --vo=x11`, in turn, in every round. CPU is user and system time of the program and all its descendants over --seconds,
divided by the pictures that were read from the display in that time: decode, convert and present. `ffmpeg -f null` decodes the
same clip and shows nothing. All threads count, so that a millisecond is one of CPU, not of waiting. The X server's share is told
beside it: it is the same work for all. Medians of the rounds. With `--player` the sandbox's price too: play_files takes the clip's pictures from
a worker, as the demo does, and in its own process; what the worker costs more is the share of the sandbox in what the demo costs.
Wanted: hallcast at most 0.75 of mpv; a sandboxed decoder at most 1.1 of one in the process. Needs mpv. Exit status: 0 so it is,
1 not. Example: tests/bench/media.py --program build/release/hallcast --clips /tmp/clips --only 1080p30
"""
import argparse, os, resource, shutil, statistics, subprocess, sys, tempfile, time
from dataclasses import dataclass

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fault"))
import numbered_clips, process_tree
from kill_master import end_processes
from screen_file import NumberWatch, ScreenFile
from watched_demo import WatchedDemo

SCREEN = (1920, 1080)
SIZES = [("1080p30", 1920, 1080, 30), ("1080p60", 1920, 1080, 60), ("2160p30", 3840, 2160, 30)]
CODECS = ["h264", "hevc", "vp9", "av1"]
CLIP_SECONDS = 6
LIMIT_OF_MPV = 0.75
LIMIT_OF_SANDBOX = 1.1
LOOK_SECONDS = 0.003  # between two looks at the display: often enough for 60 pictures a second, and cheap


@dataclass
class Cost:
    ms: float         # of CPU, a picture
    shown: float      # pictures a second
    server_ms: float  # of the X server's CPU, a picture


def measure(screen, pid, clip, args):
    """What the process, which plays the clip over the whole display, costs from now on."""
    watch = NumberWatch(screen, (0, 0, *SCREEN), [clip])
    give_up = time.monotonic() + 30
    while not watch.seen:
        watch.look(time.monotonic())
        if time.monotonic() > give_up:
            return None
        time.sleep(LOOK_SECONDS)
    time.sleep(args.warm)
    cpu, server, begin = process_tree.cpu_seconds(pid), process_tree.cpu_seconds(screen.process.pid), time.monotonic()
    watch.seen.clear()
    while time.monotonic() < begin + args.seconds:
        watch.look(time.monotonic())
        time.sleep(LOOK_SECONDS)
    cpu, server = process_tree.cpu_seconds(pid) - cpu, process_tree.cpu_seconds(screen.process.pid) - server
    shown = max(1, len(watch.seen))
    return Cost(1000 * cpu / shown, shown / (time.monotonic() - begin), 1000 * server / shown)


def of_hallcast(args, clip):
    with WatchedDemo(args.program, SCREEN, sound=None) as demo:
        demo.start([clip.file], "--no-simulate")
        cost = measure(demo.screen, demo.process.pid, clip, args)
        if cost is None:
            print(f"{os.path.basename(clip.file)} is not shown:\n{demo.log()[-1000:]}")
        return cost


def of_mpv(args, clip):
    folder = tempfile.mkdtemp(prefix="hallcast-mpv-")
    screen, process = ScreenFile(folder, *SCREEN), None
    try:
        process = subprocess.Popen(["mpv", "--no-config", "--vo=x11", "--hwdec=no", "--ao=null", "--fs", "--no-osc", "--no-osd-bar", "--loop-file=inf",
                                    "--really-quiet", clip.file], env=dict(os.environ, DISPLAY=screen.name), stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        return measure(screen, process.pid, clip, args)
    finally:
        end_processes(process, screen.process)
        shutil.rmtree(folder, ignore_errors=True)


def of_ffmpeg(clip):
    """Milliseconds of CPU a picture, of decoding alone."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(["ffmpeg", "-nostdin", "-loglevel", "error", "-i", clip.file, "-an", "-f", "null", "-"], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / clip.pictures()


def of_player(args, clip, decode):
    """Milliseconds of CPU a picture, of play_files and what it started, which it waits for."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([args.player, "--decode", decode, "--pictures", str(clip.pictures())], input=clip.file + "\n", capture_output=True, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    result, pictures = done.stdout.split("\t")[:2]
    assert result == "played" and int(pictures) == clip.pictures(), done.stdout
    return 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / int(pictures)


def median(costs):
    costs = [cost for cost in costs if cost]
    if not costs:
        return None
    return Cost(*(statistics.median(getattr(cost, name) for cost in costs) for name in ("ms", "shown", "server_ms")))


def told(cost):
    return f"{cost.ms:6.2f} ms ({cost.shown:4.1f}/s, X {cost.server_ms:4.2f})" if cost else f"{'nothing shown':>26}"


def row(args, size, codec):
    """Prints one; what was not as wanted."""
    name, width, height, fps = size
    clip = numbered_clips.make(numbered_clips.Clip(width, height, fps, CLIP_SECONDS, codec), args.clips)
    ours, theirs, decoding, worker, here = [], [], [], [], []
    for _ in range(args.rounds):
        ours.append(of_hallcast(args, clip))
        theirs.append(of_mpv(args, clip))
        decoding.append(of_ffmpeg(clip))
        if args.player:
            worker.append(of_player(args, clip, "worker"))
            here.append(of_player(args, clip, "here"))
    ours, theirs = median(ours), median(theirs)
    line = f"{name} {codec:4}  hallcast {told(ours)}  mpv {told(theirs)}  ffmpeg {statistics.median(decoding):6.2f} ms"
    wrong = []
    if ours and theirs:
        line += f"  of mpv {ours.ms / theirs.ms:.2f}"
        if ours.ms > LIMIT_OF_MPV * theirs.ms:
            wrong.append(f"{name} {codec}: {ours.ms / theirs.ms:.2f} of mpv")
    else:
        wrong.append(f"{name} {codec}: nothing was shown")
    if args.player and ours:
        worker, here = statistics.median(worker), statistics.median(here)
        price = ours.ms / (ours.ms - worker + here)
        line += f"  decoded by a worker {worker:.2f}, in the process {here:.2f} ms: {price:.2f} of the whole without"
        if price > LIMIT_OF_SANDBOX:
            wrong.append(f"{name} {codec}: {price:.2f} with the sandbox")
    print(line, flush=True)
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--clips", default=os.path.join(tempfile.gettempdir(), "hallcast-bench-clips"), help="folder that keeps the clips (made once, some minutes)")
    parser.add_argument("--only", default="", help="rows whose name has all these words, as '2160p30 av1'")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--warm", type=float, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--player", default="", help="the program play_files: what the sandbox costs is measured too")
    args = parser.parse_args()
    missing = [program for program in ("Xvfb", "mpv", "ffmpeg") if not shutil.which(program)]
    if missing:
        print(f"not here: {', '.join(missing)}. apt-get install xvfb mpv ffmpeg")
        return 2
    os.makedirs(args.clips, exist_ok=True)
    wrong = []
    for size in SIZES:
        for codec in CODECS:
            if all(word in f"{size[0]} {codec}" for word in args.only.split()):
                wrong += row(args, size, codec)
    for line in wrong:
        print("TOO MUCH: " + line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
