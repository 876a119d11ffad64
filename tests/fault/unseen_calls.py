#!/usr/bin/env python3
"""unseen_calls.py: what becomes of a call that a screen shows, and of one that no screen shows.

  unseen_calls.py --program build/release/hallcast [--unseen-after-ms 800]

A master without a screen and one player on a virtual display. A call is shown and spoken, and `hallcast ctl calls` says so
with the picture's checksum and the level. Then the player is stopped (SIGSTOP): the next call must be an alert and a new
attempt within a second or so; when the player goes on, the alert must end. With --unseen-after-ms 0 the watch is off, and
this test must fail. Exit status: 0 right, 1 wrong, 77 skipped (no Xvfb).
"""
import argparse, json, os, shutil, signal, subprocess, sys, tempfile, time
from kill_master import LAYOUT, OFFICE, SIZE, Office, Screen, end_processes, wait_for


class Calls:
    """The master's list of calls, as `hallcast ctl calls` has it."""

    def __init__(self, office):
        self.office = office

    def records(self, ticket):
        """Of all attempts, the latest first."""
        calls = json.loads(self.office.ctl("ctl", "--json", "calls", "--hall", "main")).get("calls", [])
        return [record for record in calls if record["call"]["ticket"] == ticket]

    def receipt(self, ticket, kind, attempt=None):
        for record in self.records(ticket):
            if attempt in (None, record["call"]["attempt"]):
                for kept in record["receipts"]:
                    if kind in kept["receipt"]:
                        return dict(kept["receipt"][kind], player=kept["player"],
                                    after_ms=int(kept["receipt"][kind].get("atUs", kept["receipt"][kind].get("fromUs", 0))) / 1000
                                    - int(record["call"]["calledAtMs"]))
        return None


def on_board(office, ticket):
    return next(call for call in office.ask("GET", "/api/v1/halls/main")["calls"] if call["ticket"] == ticket)


def call_next(office):
    office.ask("POST", "/api/v1/tickets", {"service": "A", "language": "pl"})
    call = office.ask("POST", "/api/v1/counters/1/call-next")
    assert call, "nobody could be called"
    return call["ticket"]


def scenario(office, calls, player):
    ticket = call_next(office)
    shown = wait_for("the call is reported to be shown", lambda: calls.receipt(ticket, "shown"), 10)
    assert not shown["blank"], shown
    assert -200 < shown["after_ms"] < 2000, f"shown {shown['after_ms']} ms after the call"
    spoken = wait_for("the call is reported to be spoken", lambda: calls.receipt(ticket, "spoken"), 40)
    assert -40 < spoken["levelDbfs"] < -6, spoken
    line = office.ctl("ctl", "calls").strip().splitlines()[-1]
    assert ticket in line and "shown" in line and "spoken" in line and "NOT SHOWN" not in line, line
    print(line, flush=True)
    assert not on_board(office, ticket)["unseen"]

    player.send_signal(signal.SIGSTOP)
    ticket = call_next(office)
    called = time.monotonic()
    alert = wait_for("the alert", lambda: (lambda call: call["unseen"] and call)(on_board(office, ticket)), 5)
    took = time.monotonic() - called
    assert alert["attempt"] >= 2, alert
    assert took < 3.0, f"the alert came {took:.2f} s after the call"  # 0.8 s; the rest is for a loaded machine
    line = office.ctl("ctl", "calls").strip().splitlines()[-1]
    assert "NOT SHOWN" in line and "UNSEEN" in line, line
    print(f"alert {took * 1000:.0f} ms after the call:\n{line}", flush=True)

    player.send_signal(signal.SIGCONT)
    wait_for("the end of the alert", lambda: not on_board(office, ticket)["unseen"], 20)
    last = on_board(office, ticket)["attempt"]
    wait_for("a receipt of the repeated call", lambda: calls.receipt(ticket, "shown", last) or calls.receipt(ticket, "shown"), 5)
    print(office.ctl("ctl", "calls").strip(), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--unseen-after-ms", type=int, default=800)
    args = parser.parse_args()
    if not shutil.which("Xvfb"):
        print("skipped: no Xvfb")
        return 77
    directory = tempfile.mkdtemp(prefix="hallcast-unseen-")
    environment = dict(os.environ, XDG_CONFIG_HOME=os.path.join(directory, "config"), SDL_AUDIODRIVER="dummy")
    rules = f"rules: {{unseen_after_ms: {args.unseen_after_ms}}}\n"
    for name, text in (("board.yaml", LAYOUT), ("office.yaml", OFFICE + rules)):
        open(os.path.join(directory, name), "w").write(text)
    office = Office(os.path.abspath(args.program), os.path.join(directory, "master"), environment)
    os.mkdir(office.directory)
    screen = Screen(directory)
    player, failed = None, None
    try:
        office.start()
        office.ctl("office", "apply", os.path.join(directory, "office.yaml"))
        assert office.ask("POST", "/api/v1/counters/1/open"), "counter 1 does not open"
        player = subprocess.Popen([office.program, "play", "--connect", f"127.0.0.1:{office.port}", "--dir", os.path.join(directory, "player"),
                                   "--layout", os.path.join(directory, "board.yaml"), "--size", f"{SIZE[0]}x{SIZE[1]}"],
                                  env=dict(environment, DISPLAY=screen.name), stdout=subprocess.DEVNULL,
                                  stderr=open(os.path.join(directory, "player.log"), "ab"))
        empty = screen.pixels()
        wait_for("the player shows its board", lambda: screen.pixels() != empty, 30)
        scenario(office, Calls(office), player)
        return 0
    except AssertionError as error:
        print(f"WRONG: {error}\nwhat is left lies in {directory}")
        failed = error
        return 1
    finally:
        end_processes(player, office.process, screen.process)
        if not failed:
            shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
