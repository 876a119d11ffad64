#!/usr/bin/env python3
"""layout_preview.py: `hallcast layout render` beside a real player's screen, pixel by pixel, and its --watch and --video.

  layout_preview.py --program build/release/hallcast [--languages pl,ar] [--seconds 7]

A master and a player, both processes of their own, with a layout of everything that can stand still. In each language somebody is
called and something is told to all; what the display shows meanwhile, from the big call to the quiet board, is compared with
`layout render` of the state that `hallcast ctl --json state` prints, at the same moment: equal in every pixel. Then a picture that
is made again at each save, and a film whose pictures are those that are made one by one.
Exit status: 0 right, 1 wrong, 77 skipped (no Xvfb). Example: layout_preview.py --program build/release/hallcast --languages ar
"""
import argparse, datetime, json, os, shutil, subprocess, sys, tempfile, time

from kill_master import Office, end_processes, noon_zone, wait_for
from screen_file import ScreenFile
from watched_demo import exit_status

SIZE = (800, 500)  # of another shape than the canvas
LANGUAGES = "pl,en,uk,ru,ka,hi,vi,ar,zh"
STEADY = 0.4  # seconds: what stays for less may be half of two pictures
LAYOUT = """canvas: [1280, 720]
background: "#0b2545"
stack:
  - {name: office, kind: text, box: [20, 10, 700, 60], text: office_name, text_size: 40, bold: true}
  - {name: date, kind: clock, box: [720, 10, 300, 60], skeleton: EEEEdMMMM, text_size: 30, align: right}
  - {name: clock, kind: clock, box: [1040, 10, 220, 60], format: "HH:mm", text_size: 50, align: right}
  - {name: logo, kind: image, box: [20, 560, 300, 140], file: logo.png}
  - {name: wait, kind: text, box: [340, 600, 460, 100], text: please_wait, text_size: 36, align: centre, background: "#123458", radius: 12}
  - {name: own, kind: text, box: [20, 90, 780, 60], texts: {pl: "Sala 1 – wejście B", en: "Hall 1 – entrance B", ar: "القاعة ١"}, text_size: 30}
  - {name: call, kind: call, box: [20, 160, 780, 380], text_size: 160, background: "#ffd166", colour: "#06182f", highlight: "#06182f", seconds: 3}
  - {name: board, kind: board, box: [820, 90, 440, 610], rows: 6, text_size: 60, heading: true, heading_size: 28, divider: "#ffffff26",
     highlight: "#06182f", highlight_background: "#ffd166", highlight_seconds: 5}
"""


NAMES = dict(zip(LANGUAGES.split(","), ["Wydział", "Department", "Відділ", "Отдел", "განყოფილება", "विभाग", "Phòng", "قسم", "事务处"]))


def office_in(language):
    def name(text):
        return f"{{{language}: {text}}}"
    return (f"id: test\nname: {name(NAMES[language])}\ntime_zone: {noon_zone()}\nlanguages: [{language}]\nservices:\n  - {{id: A, name: {name('A')}}}\n"
            "counters:\n" + "".join(f"  - {{number: {n}}}\n" for n in range(1, 10)) + f"halls:\n  - {{id: main, name: {name('1')}}}\n")


def at_of(moment):
    """A wall clock's moment as --at takes it."""
    return datetime.datetime.fromtimestamp(moment, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def pixels_of(file, size, frame=0):
    """BGR of a picture, or of a film's picture."""
    return subprocess.run(["ffmpeg", "-loglevel", "error", "-i", file, "-vf", f"select=eq(n\\,{frame})", "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "bgr24", "-"],
                          check=True, capture_output=True).stdout


def difference(a, b):
    """Mean of all channels."""
    assert len(a) == len(b), f"{len(a)} and {len(b)} bytes"
    return sum(abs(x - y) for x, y in zip(a, b)) / len(a)


class Preview:
    """A hall with one screen, and what its preview says of it."""

    def __init__(self, program, folder):
        self.program, self.folder = os.path.abspath(program), folder
        self.environment = dict(os.environ, XDG_CONFIG_HOME=os.path.join(folder, "config"), SDL_AUDIODRIVER="dummy")
        self.office = Office(self.program, os.path.join(folder, "master"), self.environment)
        os.mkdir(self.office.directory)
        self.layout = self.write("hall.yaml", LAYOUT)
        subprocess.run(["ffmpeg", "-loglevel", "error", "-f", "lavfi", "-i", "testsrc2=s=600x280", "-frames:v", "1", os.path.join(folder, "logo.png")], check=True)
        self.screen = ScreenFile(folder, *SIZE)
        self.player = None
        self.compared = 0

    def write(self, name, text):
        file = os.path.join(self.folder, name)
        with open(file + ".tmp", "w") as beside:
            beside.write(text)
        os.rename(file + ".tmp", file)
        return file

    def start(self):
        self.office.start()
        self.player = subprocess.Popen([self.program, "play", "--connect", f"127.0.0.1:{self.office.port}", "--dir", os.path.join(self.folder, "player"),
                                        "--layout", self.layout, "--size", f"{SIZE[0]}x{SIZE[1]}", "--painter", "cpu", "--no-sound"],
                                       env=dict(self.environment, DISPLAY=self.screen.name), stdout=subprocess.DEVNULL,
                                       stderr=open(os.path.join(self.folder, "player.log"), "ab"))

    def apply(self, language):
        self.office.ctl("office", "apply", self.write("office.yaml", office_in(language)))

    def dump_state(self):
        return self.write("state.json", self.office.ctl("ctl", "--json", "state"))

    def shot(self):
        rows = [self.screen.bytes[self.screen.offset(0, y):self.screen.offset(SIZE[0], y)] for y in range(SIZE[1])]
        raw = b"".join(rows)
        bgr = bytearray(len(raw) // 4 * 3)
        for channel in range(3):
            bgr[channel::3] = raw[channel::4]
        return bytes(bgr)

    def render(self, *more, state="state.json"):
        out = os.path.join(self.folder, "render.png")
        subprocess.run([self.program, "layout", "render", "--layout", self.layout, "--state", os.path.join(self.folder, state),
                        "--size", f"{SIZE[0]}x{SIZE[1]}", "-o", out, *more], env=self.environment, check=True, stdout=subprocess.DEVNULL)
        return pixels_of(out, SIZE)

    def watch(self, seconds):
        """What the display shows from now on: [pixels, from, to] by the wall clock."""
        runs, end = [], time.time() + seconds
        while time.time() < end:
            before, pixels = time.time(), self.shot()
            if not runs or runs[-1][0] != pixels:
                runs.append([pixels, before, before])
            runs[-1][2] = before
            time.sleep(0.05)  # between two looks at a display, which has no way to tell us
        return [run for run in runs if run[2] - run[1] >= STEADY]

    def compare(self, what, runs, *more):
        """Every picture that stayed for a while is the preview's of its moment."""
        for number, (pixels, begin, end) in enumerate(runs):
            at = at_of((begin + end) / 2)
            wanted = self.render("--at", at, *more)
            if pixels != wanted:
                for name, bgr in (("screen", pixels), ("render", wanted)):
                    subprocess.run(["ffmpeg", "-loglevel", "error", "-y", "-f", "rawvideo", "-pix_fmt", "bgr24", "-s", f"{SIZE[0]}x{SIZE[1]}", "-i", "-",
                                    "-frames:v", "1", os.path.join(self.folder, f"differs-{name}.png")], input=bgr, check=True)
                wrong = [i // 3 for i in range(0, len(pixels), 3) if pixels[i:i + 3] != wanted[i:i + 3]]
                raise AssertionError(f"{what}, picture {number + 1} of {len(runs)}, at {at}: {len(wrong)} pixels differ, first at "
                                     f"{wrong[0] % SIZE[0]},{wrong[0] // SIZE[0]}; see {self.folder}/differs-*.png")
            self.compared += 1
        return [run[0] for run in runs]

    def in_language(self, language, counter, seconds):
        self.apply(language)
        self.dump_state()
        # It has come to the player when the screen is the new state's.
        wait_for(f"the office in {language} on the screen", lambda: self.shot() == self.render("--at", at_of(time.time())), 30)
        assert self.office.ask("POST", f"/api/v1/counters/{counter}/open")
        assert self.office.ask("POST", "/api/v1/tickets", {"service": "A", "language": language})
        quiet = self.shot()
        assert self.office.ask("POST", f"/api/v1/counters/{counter}/call-next")
        self.dump_state()
        seen = self.compare(f"a call in {language}", self.watch(seconds))
        assert len(set(seen)) >= 3, f"{language}: {len(set(seen))} pictures: big, highlighted and quiet are three"
        assert self.office.ask("POST", "/api/v1/notices", {"text": {language: NAMES[language] + " 7"}, "seconds": 2})
        self.dump_state()
        seen += self.compare(f"a notice in {language}", self.watch(4))
        assert quiet != seen[0], "the call is not on the screen"
        # One language for all that rotates is this one: nothing may change.
        assert self.render("--at", (at := at_of(time.time()))) == self.render("--at", at, "--language", language), f"--language {language} changes what is in it already"

    def close(self):
        end_processes(self.player, self.office.process, self.screen.process)


def check_watch(preview):
    """A picture that is made again at each save."""
    out = os.path.join(preview.folder, "watched.png")
    state = os.path.join(preview.folder, "state.json")
    watching = subprocess.Popen([preview.program, "layout", "render", "--layout", preview.layout, "--state", state, "--size", "320x200", "-o", out, "--watch"],
                                env=preview.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, bufsize=1)
    try:
        assert "watched.png: 320x200" in watching.stdout.readline()
        corner = lambda: pixels_of(out, (320, 200))[-3:]
        for colour in ("#100000", "#200000"):
            preview.write("hall.yaml", LAYOUT.replace("#0b2545", colour))
            assert "watched.png" in watching.stdout.readline()
            assert corner() == bytes([0, 0, int(colour[1:3], 16)]), f"{corner()} instead of {colour}"
        preview.write("hall.yaml", LAYOUT.replace("kind: board", "kind: bord"))
        said = watching.stderr.readline()
        assert "hall.yaml:" in said and "bord" in said, said
        assert corner() == bytes([0, 0, 0x20]), "the picture before did not stay"
        preview.write("hall.yaml", LAYOUT)
        assert "watched.png" in watching.stdout.readline()
        assert corner() == bytes([0x45, 0x25, 0x0b])
        watching.send_signal(2)
        assert watching.wait(20) == 0, "Ctrl-C is the usual end"
    finally:
        end_processes(watching)
    print("  --watch: made again at each save, a wrong one told and the picture kept", flush=True)


def check_film(preview):
    """Each of a film's pictures is, as far as a film can, the picture of its moment."""
    film, state = os.path.join(preview.folder, "film.mp4"), os.path.join(preview.folder, "state.json")
    begin = max(int(call["calledAtMs"]) for call in json.load(open(state))["calls"]) / 1000 - 0.5
    for fps in (30, 60):
        done = subprocess.run([preview.program, "layout", "render", "--layout", preview.layout, "--state", state, "--size", f"{SIZE[0]}x{SIZE[1]}", "--at", at_of(begin),
                               "--video", film, "--seconds", "5", "--fps", str(fps)], env=preview.environment, check=True, capture_output=True, text=True)
        assert "5 s" in done.stdout, done.stdout
        facts = json.loads(subprocess.run(["ffprobe", "-v", "error", "-count_frames", "-show_streams", "-of", "json", film], check=True, capture_output=True).stdout)["streams"]
        found = {name: facts[0][name] for name in ("codec_name", "width", "height", "pix_fmt", "r_frame_rate", "nb_read_frames", "color_space", "color_range")}
        assert len(facts) == 1 and found == {"codec_name": "h264", "width": SIZE[0], "height": SIZE[1], "pix_fmt": "yuv420p", "r_frame_rate": f"{fps}/1",
                                             "nb_read_frames": str(5 * fps), "color_space": "bt709", "color_range": "tv"}, found
    for second, what in ((0, "before the call"), (1, "the big call"), (4.5, "the board after it")):
        apart = difference(pixels_of(film, SIZE, round(second * 60)), preview.render("--at", at_of(begin + second)))
        assert apart < 3, f"{what}: the film's picture is {apart:.2f} away from the preview's"
    assert difference(preview.render("--at", at_of(begin)), preview.render("--at", at_of(begin + 1))) > 10, "the big call is not in the preview"
    assert not os.path.exists(film + ".new")
    with open(state) as file:
        earlier = json.load(file)
    newest = max(earlier["calls"], key=lambda call: int(call["calledAtMs"]))
    earlier["calls"].remove(newest)
    before = preview.write("before.json", json.dumps(earlier))
    for moment in (begin, begin + 4.5):
        with_before = preview.render("--before", before, "--at", at_of(moment))
        alone = preview.render("--at", at_of(moment), state="before.json" if moment == begin else "state.json")
        assert with_before == alone, f"with --before it is another picture {moment - begin} s after the beginning"
    assert preview.render("--at", at_of(begin)) != preview.render("--before", before, "--at", at_of(begin)), "--before changes nothing"
    failed = subprocess.run([preview.program, "layout", "render", "--layout", preview.layout, "--size", "320x200", "--video", os.path.join(preview.folder, "no", "film.mp4")],
                            env=preview.environment, capture_output=True, text=True)
    assert failed.returncode == 1 and "film.mp4" in failed.stderr, failed.stderr
    print("  --video: 30 and 60 pictures a second, H.264, each picture that of its moment", flush=True)


def run(args):
    folder = tempfile.mkdtemp(prefix="hallcast-preview-")
    preview = Preview(args.program, folder)
    try:
        preview.start()
        for number, language in enumerate(args.languages.split(",")):
            preview.in_language(language, number + 1, args.seconds)
            print(f"  {language}: {preview.compared} pictures of the screen so far, each equal to its preview", flush=True)
        preview.screen.save_png(os.path.join(folder, "screen.png"))
        check_film(preview)
        check_watch(preview)
    except AssertionError:
        print(f"what is left lies in {folder}")
        raise
    finally:
        preview.close()
    shutil.rmtree(folder, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--languages", default=LANGUAGES, help="those of the office in turn, of " + LANGUAGES)
    parser.add_argument("--seconds", type=float, default=7, help="how long each call is watched: the layout's is big for 3")
    args = parser.parse_args()
    return exit_status(lambda: run(args))


if __name__ == "__main__":
    sys.exit(main())
