#!/usr/bin/python3
"""example_client.py HALLCAST README: the example of protocol/README.md, from that page alone.

Takes the blocks out of the page as a reader would, runs them against a real master, and checks what the client says: the
proof of its state by the master's hash, its ticket, each call once, and that it finds a master again that was killed.
Needs python3-zmq, python3-protobuf and protoc.
"""
import os, pathlib, re, signal, subprocess, sys, tempfile, threading, time, urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fault"))
from kill_master import free_port

PROGRAM, PAGE = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()


def block(info):
    found = re.findall(rf"^```{re.escape(info)}\n(.*?)^```$", PAGE.read_text(), re.M | re.S)
    assert len(found) == 1, f"{PAGE}: one block is to be marked '{info}', there are {len(found)}"
    return found[0]


class Said:
    """A process's lines, as they come."""

    def __init__(self, process):
        self.lines, self.ended, self.changed = [], False, threading.Condition(threading.RLock())
        self.process = process
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            with self.changed:
                self.lines.append(line.rstrip("\n"))
                self.changed.notify_all()
        with self.changed:
            self.ended = True
            self.changed.notify_all()

    def wait_for(self, pattern, times=1, seconds=60):
        with self.changed:
            self.changed.wait_for(lambda: self.count(pattern) >= times or self.ended, seconds)
            assert self.count(pattern) >= times, f"not within {seconds} s: '{pattern}'; the client said: " + "\n".join(self.lines)

    def count(self, pattern):
        with self.changed:
            return sum(bool(re.fullmatch(pattern, line)) for line in self.lines)


class Master:
    def __init__(self, folder):
        self.folder, self.port, self.http = folder, free_port(), free_port()

    def start(self):
        self.process = subprocess.Popen(
            [PROGRAM, "play", "--master", "--no-screen", "--dir", self.folder, "--port", str(self.port), "--http",
             str(self.http)], stdout=subprocess.DEVNULL, stderr=open(self.folder / "log", "ab"))
        end = time.monotonic() + 60
        while True:
            assert self.process.poll() is None and time.monotonic() < end, (self.folder / "log").read_text()[-2000:]
            try:
                return urllib.request.urlopen(f"http://127.0.0.1:{self.http}/healthz", timeout=2)
            except OSError:
                time.sleep(0.05)  # between two looks at another process, which has no way to tell us

    def counter(self, step):
        request = urllib.request.Request(f"http://127.0.0.1:{self.http}/api/v1/counters/1/{step}", method="POST")
        request.add_header("Authorization", "Bearer " + (self.folder / "keys/http-token").read_text().strip())
        return urllib.request.urlopen(request, timeout=30).read()


def main():
    with tempfile.TemporaryDirectory(prefix="example-client-") as name:
        here = pathlib.Path(name)
        master_folder = here / "master"
        master_folder.mkdir()
        os.environ["PATH"] = f"{PROGRAM.parent}:{os.environ['PATH']}"
        os.environ["HOME"] = name  # what the master writes for its user
        master, client = Master(master_folder), None
        try:
            master.start()
            (here / "protocol").symlink_to(PAGE.parent)
            subprocess.run(["sh", "-ec", block("sh classes")], cwd=here, check=True)
            keys = block("sh keys").replace("/var/lib/hallcast", str(master_folder))
            subprocess.run(["sh", "-ec", keys], cwd=here, check=True)
            (here / "hall.py").write_text(block("python hall.py"))
            client = subprocess.Popen(
                ["/usr/bin/python3", "hall.py", "127.0.0.1", str(master.port), "lobby.yaml", "A"], cwd=here,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            said = Said(client)
            said.wait_for(r"proven at epoch \d+, seq \d+")
            said.wait_for(r"ticket A001")
            master.counter("open")
            master.counter("call-next")
            said.wait_for(r"call A001 to counter 1")
            master.counter("recall")
            said.wait_for(r"call A001 to counter 1", times=2)

            master.process.send_signal(signal.SIGKILL)
            master.process.wait()
            said.wait_for(r"stale.*")
            proven = said.count(r"proven.*")
            master.start()
            said.wait_for(r"up to date again")
            said.wait_for(r"proven.*", times=proven + 1)
            master.counter("recall")
            said.wait_for(r"call A001.*", times=3)
            assert said.count(r"call A001.*") == 3 and said.count(r"ticket.*") == 1, said.lines
            assert said.count(r"this state is not.*|the master:.*|rejected.*|Traceback.*") == 0, said.lines
            print("\n".join(said.lines))
        finally:
            for process in (client, getattr(master, "process", None)):
                if process and process.poll() is None:
                    process.kill()
                    process.wait()


main()
