#!/usr/bin/env python3
"""wire_faults.py: players and clerks behind networks that delay, lose, cut and lie, and what must hold afterwards.

  wire_faults.py --program build/release/hallcast [--seconds 600] [--seed N] [--players 6]

A master, players (`hallcast ctl watch`) and clerks are real processes; each player, and the clerks together, have a TCP proxy of their
own to the master (tcp_proxy.py), which a seed puts through faults while commands go on: delay, half-open, blackhole, reset, one
byte at a time, bits changed, pieces lost; besides, players are stopped for a while, and the master is killed and started again.
Each round heals everything. Then, within 10 s, every player has the master's state (epoch, number, hash) and knows it; no
player ever went back to an older state; and each command that was answered has had one effect, each other one at most one.
Exit status: 0 right, 1 wrong, 77 skipped (no pyzmq, or no protobuf for Python).
"""
import argparse, json, os, random, shutil, signal, sqlite3, subprocess, sys, tempfile, threading, time

try:
    import google.protobuf, zmq
except ImportError:
    # Debian's packages are of Debian's python3, which need not be the first in the PATH.
    if sys.executable != "/usr/bin/python3" and os.path.exists("/usr/bin/python3"):
        os.execv("/usr/bin/python3", ["/usr/bin/python3", *sys.argv])
    print("skipped: no python3-zmq or python3-protobuf")
    sys.exit(77)

from kill_master import OFFICE, Office, end_processes, free_port, wait_for
from tcp_proxy import Proxy
from wire_client import Clerk, connect, credentials, messages

# The players here show nothing, so that each call would be an alert and be called again, long after the last command.
NO_SCREENS = "rules: {unseen_after_ms: 0}\n"

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CONVERGED_WITHIN = 10.0
FAULTS = ["delay 30", "delay 300", "delay 1500", "half-open up", "half-open down", "blackhole", "reset", "dribble", "corrupt", "drop"]


class Player:
    """A real player's network side, and the last that it said of its hall."""

    def __init__(self, name, program, master, file, environment, directory, inside=None):
        self.name, self.changed = name, threading.Condition()
        self.said, self.wrong, self.newest, self.converged = None, None, (0, 0), 0.0
        space = ["ip", "netns", "exec", inside] if inside else []
        self.process = subprocess.Popen([*space, program, "ctl", "watch", "--connect", master, "--credentials", file],
                                        env=environment, stdout=subprocess.PIPE, text=True,
                                        stderr=open(os.path.join(directory, name + ".log"), "w"))
        self.thread = threading.Thread(target=self.read)
        self.thread.start()

    def read(self):
        for line in self.process.stdout:
            said = json.loads(line)
            with self.changed:
                at = (said["epoch"], said["seq"])
                if at < self.newest:
                    self.wrong = f"{self.name} went back from {self.newest} to {at}"
                # When it said what it says now; a line that only repeats that does not count.
                if not self.said or (said["stale"], at) != (self.said["stale"], self.newest):
                    self.converged = time.monotonic()
                self.newest, self.said = at, said
                self.changed.notify_all()

    def wait(self, state, seconds):
        """Whether it says within that time that this is its state, and that it is certain of it."""
        def right():
            return self.said and (self.said["epoch"], self.said["seq"], self.said["hash"]) == state and not self.said["stale"]
        with self.changed:
            return self.changed.wait_for(right, seconds)

    def stop(self):
        self.process.send_signal(signal.SIGCONT)
        self.process.terminate()
        self.process.wait()
        self.thread.join()


class Working:
    """Clerks and a kiosk who send commands; told to pause, they first finish what they have begun."""

    def __init__(self, context, program, port, file, environment, seed):
        self.program, self.port, self.file, self.environment = program, port, file, environment
        self.changed, self.going, self.ending, self.active = threading.Condition(), False, False, 0
        self.answered, self.shell_tickets, self.slowest = [], [], 0.0  # answered: (command, reply), reply None where none came
        keys = credentials(file)
        self.clerks = [Clerk(context, f"tcp://127.0.0.1:{port + 2}", keys, SOURCE, seed + n) for n in range(5)]
        self.threads = [threading.Thread(target=self.work, args=(self.send, n)) for n in range(5)]
        self.threads.append(threading.Thread(target=self.work, args=(self.shell, 0)))
        for thread in self.threads:
            thread.start()

    def work(self, one, number):
        while True:
            with self.changed:
                self.changed.wait_for(lambda: self.going or self.ending)
                if self.ending:
                    return
                self.active += 1
            one(number)
            with self.changed:
                self.active -= 1
                self.changed.notify_all()

    def resume(self):
        with self.changed:
            self.going = True
            self.changed.notify_all()

    def pause(self, seconds):
        """Whether everything that was begun has its answer within that time."""
        with self.changed:
            self.going = False
            return self.changed.wait_for(lambda: self.active == 0, seconds)

    def end(self):
        with self.changed:
            self.ending = True
            self.changed.notify_all()
        for thread in self.threads:
            thread.join()

    def send(self, number):
        clerk = self.clerks[number]
        command = (clerk.command("issue_ticket", service=clerk.chance.choice("AB")) if number == 0 else
                   clerk.command("call_next", counter=number))
        begun = time.monotonic()
        reply = clerk.send(command, lambda: self.ending)
        with self.changed:
            self.slowest = max(self.slowest, time.monotonic() - begun)
            self.answered.append((command, reply))
        time.sleep(0.02)  # the pace of five busy people; not a wait for anything

    def shell(self, _):
        """The program's own client, whose command has an end: 1 is its exit status where no answer came in time."""
        done = subprocess.run([self.program, "ctl", "--json", "issue", "A", "--connect", f"127.0.0.1:{self.port}", "--credentials", self.file],
                              env=self.environment, capture_output=True, text=True)
        if done.returncode == 0:
            self.shell_tickets.append(json.loads(done.stdout)["number"])
        time.sleep(0.2)


class MastersWord:
    """What the master says of its hall, heard without a proxy: its heartbeats carry the state's number and hash."""

    def __init__(self, context, host, port, file):
        self.wire = messages(SOURCE)["wire"]
        self.endpoint, self.keys, self.context = f"tcp://{host}:{port + 1}", credentials(file), context

    def state(self, seconds):
        """(epoch, seq, hash) of two heartbeats that agree, while nobody changes anything."""
        listener = connect(self.context, zmq.SUB, self.endpoint, self.keys)
        listener.subscribe(b"hall/main/")
        end, before = time.monotonic() + seconds, None
        try:
            while time.monotonic() < end:
                if not listener.poll(max(0, end - time.monotonic()) * 1000):
                    break
                message = self.wire.StreamMessage.FromString(listener.recv_multipart()[-1])
                beat = message.heartbeat
                if message.HasField("event"):
                    before = None
                elif beat.state_hash and beat.hash_seq == beat.head_seq:
                    state = (beat.epoch, beat.hash_seq, beat.state_hash.hex())
                    if state == before:
                        return state
                    before = state
        finally:
            listener.close()
        raise AssertionError("the master's heartbeats do not agree on a state")


def check_effects(office, working):
    """By the office's own log: one effect for each answered command, at most one for each other."""
    queue = messages(SOURCE)["queue"]
    copy = tempfile.mkdtemp(prefix="hallcast-wire-log-")
    for suffix in ("", "-wal"):
        if os.path.exists(os.path.join(office.directory, "queue.db" + suffix)):
            shutil.copy(os.path.join(office.directory, "queue.db" + suffix), copy)
    database = sqlite3.connect(os.path.join(copy, "queue.db"))
    events = [queue.Event.FromString(row[0]) for row in database.execute("SELECT event FROM log ORDER BY log_seq")]
    database.close()
    shutil.rmtree(copy)
    effects = {}
    for event in events:
        if event.WhichOneof("kind") in ("ticket_issued", "ticket_called"):
            effects.setdefault(event.cmd_id, []).append(event)
    for cmd_id, caused in effects.items():
        assert len(caused) == 1, f"the command {cmd_id.hex()} has {len(caused)} effects"
    for command, reply in working.answered:
        caused = effects.get(command.cmd_id, [])
        if reply is None:
            continue
        outcome = reply.WhichOneof("outcome")
        if outcome == "ticket":
            assert caused and caused[0].ticket_issued.ticket == reply.ticket.number, f"the answered ticket {reply.ticket.number} is not in the log"
        elif outcome == "call":
            assert caused and caused[0].ticket_called.call_id == reply.call.call_id, f"the answered call {reply.call.call_id} is not in the log"
        else:
            assert not caused, f"a command that was refused ({reply.rejection.message}) has an effect"
    issued = [event.ticket_issued.ticket for event in events if event.WhichOneof("kind") == "ticket_issued"]
    assert len(set(issued)) == len(issued), "a number was given twice"
    for prefix in "AB":
        numbers = sorted(int(ticket[1:]) for ticket in issued if ticket[0] == prefix)
        assert numbers == list(range(1, len(numbers) + 1)), f"the numbers {prefix} have a hole"
    for ticket in working.shell_tickets:
        assert ticket in issued, f"the ticket {ticket} that hallcast ctl printed is not in the log"
    return len(events)


class Faults:
    """One round of them after another, from one seed."""

    def __init__(self, chance, office, proxies, players):
        self.chance, self.office, self.proxies, self.players, self.count = chance, office, proxies, players, {}

    def one(self):
        everybody = self.chance.random() < 0.2
        fault = self.chance.choice(FAULTS)
        for proxy in self.proxies if everybody else [self.chance.choice(self.proxies)]:
            proxy.order(fault)
        self.did(fault.split()[0])

    def did(self, what):
        self.count[what] = self.count.get(what, 0) + 1

    def round(self):
        stopped, with_kill = [], self.chance.random() < 0.15
        steps = self.chance.randrange(4, 12)
        for step in range(steps):
            self.one()
            if self.chance.random() < 0.1:
                player = self.chance.choice(self.players)
                player.process.send_signal(signal.SIGSTOP)
                stopped.append(player)
                self.did("stopped player")
            if with_kill and step == steps // 2:
                self.office.kill()
                self.did("killed master")
            time.sleep(self.chance.uniform(0.02, 0.6))  # how long a fault lasts is what is random here
        if with_kill:
            self.office.start()
        for proxy in self.proxies:
            proxy.order("pass")
        for player in stopped:
            player.process.send_signal(signal.SIGCONT)


def new_player_keys(office, name, directory):
    """A credentials file of its own for a player, known to the master."""
    master, _, _ = credentials(os.path.join(office.directory, "keys", "admin.yaml"))
    public, secret = zmq.curve_keypair()
    with open(os.path.join(office.directory, "keys", "authorized"), "a", encoding="ascii") as authorized:
        authorized.write(f"player {name} {public.decode()}\n")
    file = os.path.join(directory, name + ".yaml")
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600), "w") as out:
        out.write(f"master: '{master.decode()}'\nclient:\n  public: '{public.decode()}'\n  secret: '{secret.decode()}'\n")
    return file


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--seconds", type=float, default=20, help="of faults")
    parser.add_argument("--players", type=int, default=6)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    args = parser.parse_args()
    print(f"seed {args.seed}", flush=True)
    chance, program = random.Random(args.seed), os.path.abspath(args.program)
    directory = tempfile.mkdtemp(prefix="hallcast-wire-")
    environment = dict(os.environ, XDG_CONFIG_HOME=os.path.join(directory, "config"), HOME=directory)
    open(os.path.join(directory, "office.yaml"), "w").write(OFFICE + NO_SCREENS)
    office = Office(program, os.path.join(directory, "master"), environment)
    os.mkdir(office.directory)
    context = zmq.Context()
    proxies, players, working, right = [], [], None, False
    try:
        office.start()
        office.ctl("office", "apply", os.path.join(directory, "office.yaml"))
        for n in range(1, 5):
            office.ctl("ctl", "open", str(n))
        admin = os.path.join(office.directory, "keys", "admin.yaml")
        for n in range(args.players):
            proxies.append(Proxy(free_port(), "127.0.0.1", office.port, seed=args.seed + n))
            players.append(Player(f"hall-{n}", program, f"127.0.0.1:{proxies[-1].port}", new_player_keys(office, f"hall-{n}", directory),
                                  environment, directory))
        proxies.append(Proxy(free_port(), "127.0.0.1", office.port, seed=args.seed - 1))
        working = Working(context, program, proxies[-1].port, admin, environment, args.seed)
        word = MastersWord(context, "127.0.0.1", office.port, admin)
        faults = Faults(chance, office, proxies, players)
        end, rounds, slowest, slowest_answer = time.monotonic() + args.seconds, 0, 0.0, 0.0
        while time.monotonic() < end or rounds == 0:
            working.resume()
            faults.round()
            healed = time.monotonic()
            assert working.pause(CONVERGED_WITHIN), f"a command has no answer within {CONVERGED_WITHIN} s of healing"
            slowest_answer = max(slowest_answer, time.monotonic() - healed)
            # What nobody changes any more is asked for aside; the players' time goes on meanwhile.
            state = word.state(5)
            for player in players:
                left = healed + CONVERGED_WITHIN - time.monotonic()
                assert player.wait(state, max(0.0, left)), f"{player.name} has {player.said}, the master {state}, {CONVERGED_WITHIN} s after healing"
                assert not player.wrong, player.wrong
            slowest = max(slowest, max(player.converged for player in players) - healed)
            check_effects(office, working)
            rounds += 1
        log = check_effects(office, working)
        names = ", ".join(f"{name} {count}" for name, count in sorted(faults.count.items()))
        print(f"{sum(faults.count.values())} faults in {rounds} rounds ({names}); {len(working.answered)} commands over ZeroMQ and "
              f"{len(working.shell_tickets)} by hallcast ctl, each with one effect in a log of {log} events; slowest answer {working.slowest:.2f} s, "
              f"{slowest_answer:.2f} s after healing; {len(players)} players, converged at the latest {slowest:.2f} s after healing")
        right = True
        return 0
    except AssertionError as error:
        print(f"WRONG (seed {args.seed}): {error}\nwhat is left lies in {directory}")
        return 1
    finally:
        for proxy in proxies:
            proxy.order("pass")
        if working:
            working.end()
        for player in players:
            player.stop()
        for proxy in proxies:
            proxy.close()
        end_processes(office.process)
        context.destroy(linger=0)
        if right:
            shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
