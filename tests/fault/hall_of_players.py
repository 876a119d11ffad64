"""A master and players of one hall as real processes: each on a display of its own, its sound in a pipe of its own."""
import json, os, shutil, subprocess, tempfile, time

from kill_master import Office, end_processes, noon_zone, wait_for
from screen_file import ScreenFile
from sound_pipe import PAGE, SoundPipe

LAYOUT = """canvas: [640, 480]
background: "#0b2545"
stack:
  - {name: board, kind: board, box: [0, 0, 640, 480], rows: 12, text_size: 26, highlight: "#ffffff", highlight_seconds: 0}
"""


def office_of(counters):
    return (f"id: test\nname: {{pl: Urząd}}\ntime_zone: {noon_zone()}\n" "languages: [pl, en]\nservices:\n  - {id: A, name: {pl: A, en: A}}\n"
            "counters:\n" + "".join(f"  - {{number: {number}}}\n" for number in range(1, counters + 1)) +
            "halls:\n  - {id: main, name: {pl: Sala, en: Hall}}\n")


class Ear:
    """When there was something to be heard in a player's pipe: no film plays, so that it is the chime or the voice."""
    LOUD = 0.002
    PAUSE = 0.9  # within a call, in seconds; between two of them it may be shorter

    def __init__(self, folder):
        self.pipe = SoundPipe(folder)
        self.stretches = []  # [begin, end] of the monotonic clock
        self.kept = None     # an array: all samples from now on are kept in it
        self._frames = 0

    def listen(self):
        self.pipe.wait(0)
        samples = self.pipe.samples
        if self.kept is not None:
            self.kept.extend(samples)  # whole pages
        whole = len(samples) // PAGE * PAGE
        for at in range(0, whole, PAGE):
            page = samples[at:at + PAGE]
            if max(page) > self.LOUD:
                begin = self.pipe.heard_at(self._frames + at)[0]
                end = begin + PAGE / 48000
                if self.stretches and begin - self.stretches[-1][1] < self.PAUSE:
                    self.stretches[-1][1] = end
                else:
                    self.stretches.append([begin, end])
        del samples[:whole]
        self._frames += whole

    def sounds_since(self, moment):
        """When it began to be heard after that moment; None: not yet."""
        return next((max(begin, moment) for begin, end in self.stretches if end > moment), None)


class Player:
    def __init__(self, hall, name):
        self.hall, self.name = hall, name
        self.folder = os.path.join(hall.folder, name)
        os.makedirs(os.path.join(self.folder, "keys"))
        shutil.move(os.path.join(hall.folder, name + ".yaml"), os.path.join(self.folder, "keys", "master.yaml"))
        self.screen = ScreenFile(self.folder, 640, 480)
        self.ear = Ear(self.folder)
        self.process = None

    def start(self, *more):
        command = [self.hall.office.program, "play", "--connect", f"127.0.0.1:{self.hall.office.port}", "--dir", self.folder,
                   "--layout", os.path.join(self.hall.folder, "board.yaml"), "--size", "640x480",
                   "--statistics", os.path.join(self.folder, "statistics.json"), *more]
        self.process = subprocess.Popen(command, env=dict(self.hall.environment, DISPLAY=self.screen.name, **self.ear.pipe.environment()),
                                        stdout=subprocess.DEVNULL, stderr=open(os.path.join(self.folder, "player.log"), "ab"))

    def close(self):
        end_processes(self.process, self.screen.process)
        self.ear.pipe.close()


class HallOfPlayers:
    """A context: what it made is deleted at its end, or kept and named where the body failed."""

    def __init__(self, program, players, counters=4, office=None):
        """`office`: the text of an office file with hall "main" and those counters; None: services and languages do not matter."""
        self.folder = tempfile.mkdtemp(prefix="hallcast-hall-")
        self.environment = dict(os.environ, XDG_CONFIG_HOME=os.path.join(self.folder, "config"))
        self.office = Office(os.path.abspath(program), os.path.join(self.folder, "master"), self.environment)
        os.mkdir(self.office.directory)
        self.names = [f"screen-{number}" for number in range(1, players + 1)]
        for name, text in (("board.yaml", LAYOUT), ("office.yaml", office or office_of(counters)),
                           ("who.txt", "".join(f"player {name}\n" for name in self.names))):
            with open(os.path.join(self.folder, name), "w") as file:
                file.write(text)
        self.players = []
        self.counters = counters

    def open(self):
        self.office.start()
        self.office.ctl("office", "apply", os.path.join(self.folder, "office.yaml"))
        for number in range(1, self.counters + 1):
            assert self.office.ask("POST", f"/api/v1/counters/{number}/open"), f"counter {number} does not open"
        subprocess.run([self.office.program, "keys", "provision", os.path.join(self.folder, "who.txt"), "--dir", self.office.directory,
                        "--out", self.folder], env=self.environment, check=True, stdout=subprocess.DEVNULL)
        self.players = [Player(self, name) for name in self.names]

    def all_can_speak(self):
        """All report that they can, and that they follow the hall: a call of before is old to a player that joins, and not spoken."""
        listed = json.loads(self.office.ctl("ctl", "--json", "players")).get("players", [])
        return {one["player"] for one in listed if one.get("live") and one["report"].get("canSpeak") and one["report"].get("epoch")} == set(self.names)

    def listen(self):
        for player in self.players:
            player.ear.listen()

    def wait_listening(self, what, condition, seconds):
        """As wait_for; the pipes are emptied meanwhile: a full one would stop its player."""
        def look():
            self.listen()
            return condition()
        return wait_for(what, look, seconds)

    def listen_for(self, seconds):
        end = time.monotonic() + seconds
        self.wait_listening("time passes", lambda: time.monotonic() > end, seconds + 10)

    def call(self, counter=1):
        """The ticket, and when the clerk was answered."""
        assert self.office.ask("POST", "/api/v1/tickets", {"service": "A", "language": "en"}), "no ticket"
        called = self.office.ask("POST", f"/api/v1/counters/{counter}/call-next")
        assert called, "nobody could be called"
        return called["ticket"], time.monotonic()

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        for player in self.players:
            player.close()
        end_processes(self.office.process)
        if error is None:
            shutil.rmtree(self.folder, ignore_errors=True)
        else:
            print(f"what is left lies in {self.folder}")
