"""`hallcast demo` with given clips on a virtual display: one zone of a size of our choosing, watched from outside."""
import json, os, shutil, subprocess, tempfile, time, traceback

from kill_master import end_processes, free_port
from screen_file import ScreenFile
from sound_pipe import SoundPipe
from sound_server import SoundServer

LAYOUT = """canvas: [{width}, {height}]
background: "#000000"
connection_notice: false
stack:
  - {{name: film, kind: media, box: [0, 0, {width}, {height}]}}
"""


def judged(run):
    """A script's exit status: what `run` returns, 0 for nothing; 1 where it found something wrong."""
    try:
        return run() or 0
    except AssertionError as error:
        print(f"WRONG: {error or traceback.format_exc()}")
        return 1


def exit_status(run):
    """The same of a script that watches; 77 without Xvfb."""
    if not shutil.which("Xvfb"):
        print("skipped: no Xvfb")
        return 77
    return judged(run)


class WatchedDemo:
    """A context: what it made is deleted at its end, or kept and named where the body failed."""

    def __init__(self, program, size, sound=SoundPipe):
        """`sound`: SoundPipe, SoundServer, or None where nobody listens."""
        self.program, self.size = os.path.abspath(program), size
        self.folder = tempfile.mkdtemp(prefix="hallcast-watch-")
        self.statistics_file = os.path.join(self.folder, "statistics.json")
        self.screen = ScreenFile(self.folder, *size)
        self.sound = sound(self.folder) if sound else None
        self.process = None

    def start(self, files, *more, layout=None):
        if not layout:
            layout = os.path.join(self.folder, "zone.yaml")
            with open(layout, "w") as file:
                file.write(LAYOUT.format(width=self.size[0], height=self.size[1]))
        port, self.http = free_port(), free_port()
        command = [self.program, "demo", "--dir", os.path.join(self.folder, "demo"), "--layout", layout, "--size", f"{self.size[0]}x{self.size[1]}",
                   "--port", str(port), "--http", str(self.http), "--statistics", self.statistics_file, *more]
        for file in files:
            command += ["--clip", file]
        environment = dict(os.environ, DISPLAY=self.screen.name, XDG_CONFIG_HOME=self.folder, **(self.sound.environment() if self.sound else
                                                                                                   {"SDL_AUDIODRIVER": "dummy"}))
        self.process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=open(self.log_file(), "wb"))

    def log_file(self):
        return os.path.join(self.folder, "player.log")

    def log(self):
        with open(self.log_file(), errors="replace") as file:
            return file.read()

    def running(self):
        return self.process.poll() is None

    def statistics(self):
        """The player's own counts, or {} before it wrote any."""
        try:
            with open(self.statistics_file) as file:
                return json.load(file)
        except (OSError, ValueError):
            return {}

    def stop(self):
        """Ends the player as a user would; its last counts are written then."""
        self.process.terminate()
        end = time.monotonic() + 20
        while self.running() and time.monotonic() < end:
            if self.sound:
                self.sound.wait(0.01)   # a full pipe would keep it from ending
            else:
                time.sleep(0.01)        # between two looks at a process that has no way to tell us
        end_processes(self.process)
        return self.process.returncode

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        end_processes(self.process, self.screen.process)
        if self.sound:
            self.sound.close()
        if error is None:
            shutil.rmtree(self.folder, ignore_errors=True)
        else:
            print(f"what is left lies in {self.folder}")
