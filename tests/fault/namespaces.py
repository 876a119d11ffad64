#!/usr/bin/env python3
"""namespaces.py: players on the other side of a real link, whose cable is pulled, whose address changes, that hears one way only.

  namespaces.py --program build/release/hallcast [--pulls 5,60] [--seconds 120] [--seed N]

The master is here, the players (`hallcast ctl watch`) are in a network namespace of their own, at the other end of a veth pair. For
each of --pulls the link is down that many seconds: the players say within 3 s that they are stale, and are live again within 3 s of
its return. Then, for --seconds, from a seed: the link goes down at either end, the players' address changes, frames of one
direction are lost on the way, while a clerk calls. After each the players have the master's state within 10 s.
Exit status: 0 right, 1 wrong, 77 skipped (no network namespaces here, no pyzmq, no protobuf for Python).
"""
import argparse, os, random, shutil, subprocess, sys, tempfile, threading, time

from wire_faults import CONVERGED_WITHIN, MastersWord, NO_SCREENS, OFFICE, Office, Player, end_processes, new_player_keys
import zmq

STALE_WITHIN, LIVE_WITHIN = 3.0, 3.0
NOBODY = "02:00:00:00:00:01"  # a hardware address that no card has


def ip(*arguments):
    subprocess.run(["ip", *arguments], check=True, capture_output=True, text=True)


def ip_tc(*arguments):
    subprocess.run(["tc", "qdisc", *arguments], check=True, capture_output=True, text=True)


class Wire:
    """A veth pair between here and a namespace."""

    def __init__(self):
        number = os.getpid() % 250
        self.space, self.here, self.there = f"hallcast-{os.getpid()}", f"hcm{os.getpid()}", f"hcp{os.getpid()}"
        self.network, self.host = f"10.203.{number}", 2
        self.master, self.made = f"{self.network}.1", False
        self.undo = []

    def make(self):
        ip("netns", "add", self.space)
        self.made = True
        ip("link", "add", self.here, "type", "veth", "peer", "name", self.there)
        ip("link", "set", self.there, "netns", self.space)
        ip("addr", "add", f"{self.master}/24", "dev", self.here)
        self.inside("addr", "add", self.player(), "dev", self.there)
        self.inside("link", "set", "lo", "up")
        ip("link", "set", self.here, "up")
        self.inside("link", "set", self.there, "up")

    def remove(self):
        if self.made:
            subprocess.run(["ip", "link", "del", self.here], capture_output=True)
            subprocess.run(["ip", "netns", "del", self.space], capture_output=True)

    def inside(self, *arguments):
        ip("-n", self.space, *arguments)

    def player(self):
        return f"{self.network}.{self.host}/24"

    # Faults; each is undone by heal().

    def pull_cable(self):
        """The players' card has no carrier: what they send is lost, and nobody tells them."""
        ip("link", "set", self.here, "down")
        self.undo.append(lambda: ip("link", "set", self.here, "up"))

    def shut_card(self):
        self.inside("link", "set", self.there, "down")
        self.undo.append(lambda: self.inside("link", "set", self.there, "up"))

    def change_address(self):
        before = self.player()
        self.host = self.host % 200 + 2
        self.inside("addr", "del", before, "dev", self.there)  # first: with the oldest one the others of its network go too
        self.inside("addr", "add", self.player(), "dev", self.there)

    def lose_what_master_sends(self):
        address = self.player().split("/")[0]
        ip("neigh", "replace", address, "lladdr", NOBODY, "nud", "permanent", "dev", self.here)
        self.undo.append(lambda: ip("neigh", "del", address, "dev", self.here))

    def lose_what_players_send(self):
        self.inside("neigh", "replace", self.master, "lladdr", NOBODY, "nud", "permanent", "dev", self.there)
        self.undo.append(lambda: self.inside("neigh", "del", self.master, "dev", self.there))

    def slow_line(self):
        """64 kbit/s towards the players; where this kernel can do that."""
        try:
            ip_tc("replace", "dev", self.here, "root", "tbf", "rate", "64kbit", "burst", "3000", "latency", "400ms")
            self.undo.append(lambda: ip_tc("del", "dev", self.here, "root"))
        except subprocess.CalledProcessError:
            pass

    def heal(self):
        while self.undo:
            try:
                self.undo.pop()()
            except subprocess.CalledProcessError as error:
                assert "No such file" in error.stderr, error.stderr  # a link that went down took the neighbour with it


class OfficeOnWire(Office):
    """Listens at the wire's end."""

    def __init__(self, program, directory, environment, address):
        super().__init__(program, directory, environment)
        self.address = address

    def start(self):
        self.process = subprocess.Popen(
            [self.program, "play", "--master", "--no-screen", "--dir", self.directory, "--port", str(self.port), "--http", str(self.http),
             "--listen", self.address], env=self.environment, stdout=subprocess.DEVNULL,
            stderr=open(os.path.join(self.directory, "master.log"), "ab"))
        end = time.monotonic() + 30
        while subprocess.run([self.program, "ctl", "state", *self.connect()], env=self.environment, capture_output=True).returncode:
            assert self.process.poll() is None and time.monotonic() < end, open(os.path.join(self.directory, "master.log")).read()[-2000:]

    def connect(self):
        return ["--connect", f"{self.address}:{self.port}", "--credentials", os.path.join(self.directory, "keys", "admin.yaml")]

    def ctl(self, *arguments):
        return subprocess.run([self.program, *arguments, *self.connect()], env=self.environment, check=True, capture_output=True, text=True).stdout


class Calling:
    """A clerk at the master's side, whose connection has no faults: what the players miss meanwhile."""

    def __init__(self, office):
        self.office, self.ending, self.calls = office, threading.Event(), 0
        self.thread = threading.Thread(target=self.work)
        self.thread.start()

    def work(self):
        while not self.ending.is_set():
            self.office.ctl("ctl", "issue", "A")
            self.office.ctl("ctl", "call-next", "1")
            self.calls += 1

    def end(self):
        self.ending.set()
        self.thread.join()


def until(player, condition, seconds):
    """When the player said something like that, by the monotonic clock; None where it did not within that time."""
    with player.changed:
        said = player.changed.wait_for(lambda: player.said and condition(player.said), seconds)
    return time.monotonic() if said else None


def pull(wire, players, seconds):
    begun = time.monotonic()
    wire.pull_cable()
    slowest_stale = slowest_live = 0.0
    for player in players:
        at = until(player, lambda said: said["stale"], STALE_WITHIN + 2)
        assert at and at - begun <= STALE_WITHIN, f"{player.name} said {at and at - begun} s after the cable was pulled that it is stale"
        slowest_stale = max(slowest_stale, at - begun)
    while (left := begun + seconds - time.monotonic()) > 0:
        time.sleep(left)  # the length of the fault
    wire.heal()
    healed = time.monotonic()
    for player in players:
        at = until(player, lambda said: said["hash"] and not said["stale"], CONVERGED_WITHIN)
        assert at and at - healed <= LIVE_WITHIN, f"{player.name} was live again {at and at - healed} s after the cable was back"
        slowest_live = max(slowest_live, at - healed)
    print(f"cable pulled for {seconds:g} s: stale after {slowest_stale:.2f} s at the latest, live {slowest_live:.2f} s after its return", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--pulls", default="5,60", help="seconds that the link is down, one after the other")
    parser.add_argument("--seconds", type=float, default=20, help="of faults from the seed")
    parser.add_argument("--players", type=int, default=3)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    args = parser.parse_args()
    print(f"seed {args.seed}", flush=True)
    chance, program = random.Random(args.seed), os.path.abspath(args.program)
    wire = Wire()
    try:
        wire.make()
    except (OSError, subprocess.CalledProcessError) as error:
        wire.remove()
        print(f"skipped: no network namespace can be made here: {getattr(error, 'stderr', '') or error}")
        return 77
    directory = tempfile.mkdtemp(prefix="hallcast-namespaces-")
    environment = dict(os.environ, XDG_CONFIG_HOME=os.path.join(directory, "config"), HOME=directory)
    open(os.path.join(directory, "office.yaml"), "w").write(OFFICE + NO_SCREENS)
    office = OfficeOnWire(program, os.path.join(directory, "master"), environment, wire.master)
    os.mkdir(office.directory)
    context, players, calling, right = zmq.Context(), [], None, False
    try:
        office.start()
        office.ctl("office", "apply", os.path.join(directory, "office.yaml"))
        office.ctl("ctl", "open", "1")
        admin = os.path.join(office.directory, "keys", "admin.yaml")
        for n in range(args.players):
            players.append(Player(f"hall-{n}", program, f"{wire.master}:{office.port}", new_player_keys(office, f"hall-{n}", directory),
                                  environment, directory, inside=wire.space))
        for player in players:
            assert until(player, lambda said: said["hash"] and not said["stale"], 20), f"{player.name} does not come up: {player.said}"
        for seconds in filter(None, args.pulls.split(",")):
            pull(wire, players, float(seconds))
        word = MastersWord(context, wire.master, office.port, admin)
        faults = [wire.pull_cable, wire.shut_card, wire.change_address, wire.lose_what_master_sends, wire.lose_what_players_send,
                  wire.slow_line]
        end, count, calls, slowest = time.monotonic() + args.seconds, 0, 0, 0.0
        while time.monotonic() < end:
            calling, done = Calling(office), []
            for _ in range(chance.randrange(1, 4)):
                fault = chance.choice(faults)
                fault()
                done.append(fault.__name__)
                time.sleep(chance.uniform(0.1, 5))  # how long a fault lasts is what is random here
                wire.heal()
            healed = time.monotonic()
            calling.end()
            calls, count = calls + calling.calls, count + len(done)
            state = word.state(5)
            for player in players:
                left = healed + CONVERGED_WITHIN - time.monotonic()
                assert player.wait(state, max(0.0, left)), f"{player.name} has {player.said}, the master {state}, {CONVERGED_WITHIN} s after healing ({', '.join(done)})"
                assert not player.wrong, player.wrong
            slowest = max(slowest, max(player.converged for player in players) - healed)
        if count:
            print(f"{count} faults, {calls} calls meanwhile; {len(players)} players, converged at the latest {slowest:.2f} s after healing")
        right = True
        return 0
    except AssertionError as error:
        print(f"WRONG (seed {args.seed}): {error}\nwhat is left lies in {directory}")
        return 1
    finally:
        wire.heal()
        if calling:
            calling.end()
        for player in players:
            player.stop()
        end_processes(office.process)
        context.destroy(linger=0)
        wire.remove()
        if right:
            shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
