#!/usr/bin/env python3
"""kill_master.py: kill -9 of a master in the middle of calls, again and again, and what must hold afterwards.

  kill_master.py --program build/release/hallcast [--rounds 50] [--seed N]

Four clerks and a kiosk send commands over HTTP all the time while the master is killed and started again. Afterwards:
every answered call is there as it was answered, no number was given twice, and the database is sound. A second player follows all along; within 3 s of each return of the master the
pixels of its board are those of `hallcast layout render` for the master's state.
Exit status: 0 right, 1 wrong, 77 skipped (no Xvfb).
"""
import argparse, http.client, json, os, random, shutil, signal, socket, sqlite3, struct, subprocess, sys, tempfile, threading, time, urllib.error, urllib.request

SIZE = (800, 600)
# Nothing on it moves or fades by time, so that equal states give equal pixels.
LAYOUT = """canvas: [800, 600]
background: "#0b2545"
stack:
  - {name: board, kind: board, box: [0, 0, 800, 600], rows: 8, text_size: 50, highlight: "#ffffff", highlight_seconds: 0}
"""


def noon_zone():
    """A time zone in which it is about noon: at night counters close and numbers begin anew."""
    return f"Etc/GMT{time.gmtime().tm_hour - 12:+d}"


OFFICE = f"""id: test
name: {{pl: Urząd}}
time_zone: {noon_zone()}
languages: [pl, en]
services:
  - {{id: A, name: {{pl: A, en: A}}}}
  - {{id: B, name: {{pl: B, en: B}}}}
counters:
  - {{number: 1}}
  - {{number: 2}}
  - {{number: 3}}
  - {{number: 4}}
halls:
  - {{id: main, name: {{pl: Sala, en: Hall}}}}
"""


def free_port():
    """A port such that it and the next three are free, and no outgoing connection can take one meanwhile (Linux gives those 32768 and up)."""
    for _ in range(200):
        port = random.randrange(20000, 32000)
        try:
            for offset in range(4):
                with socket.socket() as s:
                    s.bind(("127.0.0.1", port + offset))
            return port
        except OSError:
            continue
    sys.exit("no free ports")


def end_processes(*processes):
    """Ends those that are there and run, also where they were stopped."""
    for process in processes:
        if process and process.poll() is None:
            process.send_signal(signal.SIGCONT)
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def wait_for(what, condition, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.02)  # between two looks at another process, which has no way to tell us
    raise AssertionError(f"not within {seconds} s: {what}")


class Office:
    def __init__(self, program, directory, environment):
        self.program, self.directory, self.environment = program, directory, environment
        self.port, self.http = free_port(), free_port()
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            [self.program, "play", "--master", "--no-screen", "--dir", self.directory, "--port", str(self.port), "--http", str(self.http)],
            env=self.environment, stdout=subprocess.DEVNULL, stderr=open(os.path.join(self.directory, "master.log"), "ab"))
        wait_for("the master answers", self.healthy, 30)

    def healthy(self):
        assert self.process.poll() is None, open(os.path.join(self.directory, "master.log")).read()[-2000:]
        try:
            return urllib.request.urlopen(f"http://127.0.0.1:{self.http}/healthz", timeout=2).status == 200
        except OSError:
            return False

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def ask(self, method, path, body=None):
        """The answer's JSON, or None when there was none or it was a refusal."""
        token = open(os.path.join(self.directory, "keys", "http-token")).read().strip()
        request = urllib.request.Request(f"http://127.0.0.1:{self.http}{path}", method=method,
                                         data=json.dumps(body or {}).encode() if method == "POST" else None,
                                         headers={"Authorization": "Bearer " + token, "Content-Type": "application/json"})
        try:
            return json.load(urllib.request.urlopen(request, timeout=5))
        except (OSError, ValueError, urllib.error.HTTPError, http.client.HTTPException):
            return None

    def ctl(self, *arguments):
        done = subprocess.run([self.program, *arguments, "--connect", f"127.0.0.1:{self.port}"], env=self.environment, capture_output=True,
                              text=True)
        assert done.returncode == 0, f"hallcast {' '.join(arguments)}: {done.stdout}{done.stderr}"
        return done.stdout


class Screen:
    """A virtual display whose pixels can be read."""

    def __init__(self, directory):
        read_end, write_end = os.pipe()
        self.process = subprocess.Popen(["Xvfb", "-displayfd", str(write_end), "-screen", "0", f"{SIZE[0]}x{SIZE[1]}x24", "-fbdir", directory,
                                         "-nolisten", "tcp"], pass_fds=[write_end], stderr=subprocess.DEVNULL)
        self.name = ":" + os.read(read_end, 16).decode().strip()
        self.file = os.path.join(directory, "Xvfb_screen0")

    def pixels(self):
        raw = open(self.file, "rb").read()
        header, colours, stride = (struct.unpack(">I", raw[i:i + 4])[0] for i in (0, 76, 48))
        base = header + colours * 12
        rows = (raw[base + y * stride: base + y * stride + 4 * SIZE[0]] for y in range(SIZE[1]))
        return b"".join(bytes(b for i, b in enumerate(row) if i % 4 != 3) for row in rows)


class Answered:
    """What the master answered, so what must be true for ever."""

    def __init__(self):
        self.issued = []  # ticket numbers
        self.called = []  # (call_seq, ticket)

    def count(self):
        return len(self.issued) + len(self.called)


class Clerks:
    """Four clerks and a kiosk who send commands until stopped."""

    def __init__(self, office, answered, seed):
        self.office, self.answered, self.stopping = office, answered, threading.Event()
        self.threads = [threading.Thread(target=self.kiosk, args=(random.Random(seed),))]
        self.threads += [threading.Thread(target=self.clerk, args=(n,)) for n in range(1, 5)]
        for thread in self.threads:
            thread.start()

    def kiosk(self, chance):
        while not self.stopping.is_set():
            ticket = self.office.ask("POST", "/api/v1/tickets", {"service": chance.choice("AB"), "language": chance.choice(["pl", "en"])})
            if ticket:
                self.answered.issued.append(ticket["number"])

    def clerk(self, number):
        while not self.stopping.is_set():
            call = self.office.ask("POST", f"/api/v1/counters/{number}/call-next")
            if call:
                self.answered.called.append((int(call["callSeq"]), call["ticket"]))

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join()


def check_answers(office, answered):
    # The file itself, copied, since the master holds it.
    copy = tempfile.mkdtemp(prefix="hallcast-kill-log-")
    for suffix in ("", "-wal"):
        if os.path.exists(os.path.join(office.directory, "queue.db" + suffix)):
            shutil.copy(os.path.join(office.directory, "queue.db" + suffix), copy)
    database = sqlite3.connect(os.path.join(copy, "queue.db"))
    assert database.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    database.close()
    shutil.rmtree(copy)

    assert len(set(answered.issued)) == len(answered.issued), "a number was given twice"
    sequences = [sequence for sequence, _ in answered.called]
    assert len(set(sequences)) == len(sequences), "two calls have one number"
    tickets = [ticket for _, ticket in answered.called]
    assert len(set(tickets)) == len(tickets), "one visitor was called twice"
    state = office.ask("GET", "/api/v1/halls/main")
    shown = {int(call["callSeq"]): call["ticket"] for call in state["calls"]}
    for sequence, ticket in answered.called:
        # The state has the newest forty; one above them all would be lost.
        assert sequence <= max(shown, default=0), f"the answered call {sequence} of {ticket} is lost"
        assert shown.get(sequence, ticket) == ticket, f"call {sequence} was answered as {ticket}, and is {shown[sequence]} now"
    for prefix in "AB":
        following = office.ask("POST", "/api/v1/tickets", {"service": prefix})["number"]
        highest = max((int(n[1:]) for n in answered.issued if n[0] == prefix), default=0)
        assert int(following[1:]) > highest, f"an answered ticket is lost: {following} is given again"
        answered.issued.append(following)


def wanted_board(office, directory):
    state = os.path.join(directory, "state.json")
    json.dump(office.ask("GET", "/api/v1/halls/main"), open(state, "w"))
    picture = os.path.join(directory, "want.png")
    subprocess.run([office.program, "layout", "render", "--layout", os.path.join(directory, "board.yaml"), "--state", state,
                    "--size", f"{SIZE[0]}x{SIZE[1]}", "-o", picture], check=True, stdout=subprocess.DEVNULL)
    return subprocess.run(["ffmpeg", "-loglevel", "error", "-i", picture, "-f", "rawvideo", "-pix_fmt", "bgr24", "-"],
                          check=True, capture_output=True).stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    args = parser.parse_args()
    if not shutil.which("Xvfb"):
        print("skipped: no Xvfb")
        return 77
    print(f"seed {args.seed}", flush=True)
    chance = random.Random(args.seed)
    directory = tempfile.mkdtemp(prefix="hallcast-kill-")
    environment = dict(os.environ, XDG_CONFIG_HOME=os.path.join(directory, "config"), SDL_AUDIODRIVER="dummy")
    for name, text in (("board.yaml", LAYOUT), ("office.yaml", OFFICE)):
        open(os.path.join(directory, name), "w").write(text)
    office = Office(os.path.abspath(args.program), os.path.join(directory, "master"), environment)
    os.mkdir(office.directory)
    screen = Screen(directory)
    player = None
    slowest, failed = 0.0, None
    try:
        office.start()
        office.ctl("office", "apply", os.path.join(directory, "office.yaml"))
        for n in range(1, 5):
            assert office.ask("POST", f"/api/v1/counters/{n}/open"), f"counter {n} does not open"
        player = subprocess.Popen([office.program, "play", "--connect", f"127.0.0.1:{office.port}", "--dir", os.path.join(directory, "player"),
                                   "--layout", os.path.join(directory, "board.yaml"), "--size", f"{SIZE[0]}x{SIZE[1]}"],
                                  env=dict(environment, DISPLAY=screen.name), stdout=subprocess.DEVNULL,
                                  stderr=open(os.path.join(directory, "player.log"), "ab"))
        answered = Answered()
        for _ in range(args.rounds):
            clerks = Clerks(office, answered, chance.random())
            time.sleep(chance.uniform(0.1, 0.8))  # the moment of the kill is what is random here
            office.kill()
            clerks.stop()
            office.start()
            returned = time.monotonic()
            want = wanted_board(office, directory)  # takes its own time, which is not the player's
            wait_for("the second player shows the right board", lambda: screen.pixels() == want, max(1.0, 3.0 - (time.monotonic() - returned)))
            slowest = max(slowest, time.monotonic() - returned)
            check_answers(office, answered)
        print(f"{args.rounds} kills: {answered.count()} answered commands, all there; no number twice; "
              f"the second player's board right at the latest {slowest:.2f} s after the master's return")
        return 0
    except AssertionError as error:
        print(f"WRONG (seed {args.seed}): {error}\nwhat is left lies in {directory}")
        failed = error
        return 1
    finally:
        end_processes(player, office.process, screen.process)
        if not failed:
            shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
