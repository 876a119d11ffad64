#!/usr/bin/env python3
"""one_voice.py: three players of one hall, one voice; the speaking one is killed in the middle of a sentence.

  one_voice.py --program build/release/hallcast [--rounds 20] [--stop] [--seed N]

A master without a screen and three players, each on a virtual display and with a sound device (a pipe) of its own. First calls are
spoken undisturbed: exactly one of the three recordings has a voice in it. Then, round by round, the player that speaks is killed
(SIGKILL) at a random moment of its sentence; the call must be heard from exactly one other player within 3 s. The killed one comes
back for the next round. With --stop it is stopped instead (SIGSTOP): its connections stay, and only its silence tells.
Exit status: 0 right, 1 wrong, 77 skipped (no Xvfb).
"""
import argparse, json, random, signal, sys, time

from hall_of_players import HallOfPlayers
from kill_master import end_processes
from watched_demo import exit_status

LIMIT = 3.0


def speakers(hall, since):
    return [player for player in hall.players if player.ear.sounds_since(since) is not None]


def receipts_of(hall, ticket):
    calls = json.loads(hall.office.ctl("ctl", "--json", "calls", "--hall", "main")).get("calls", [])
    return [kept for record in calls if record["call"]["ticket"] == ticket for kept in record["receipts"] if "spoken" in kept["receipt"]]


def undisturbed(hall):
    began = time.monotonic()
    tickets = [hall.call()[0] for _ in range(3)]
    hall.wait_listening("three receipts", lambda: all(receipts_of(hall, ticket) for ticket in tickets), 90)
    heard = speakers(hall, began)
    assert len(heard) == 1, f"{len(heard)} players speak: {[player.name for player in heard]}"
    for ticket in tickets:
        receipts = receipts_of(hall, ticket)
        assert [kept["player"] for kept in receipts] == [heard[0].name], receipts
        assert receipts[0]["receipt"]["spoken"].get("languages") == ["en", "pl"], receipts
    print(f"undisturbed: three calls, one voice, of {heard[0].name}; the other recordings are silent", flush=True)


def a_round(hall, chance, stop):
    """How long nobody was heard, in seconds."""
    ticket, called = hall.call()
    first = hall.wait_listening("the call is heard", lambda: speakers(hall, called), 20)
    assert len(first) == 1, f"two speak: {[player.name for player in first]}"
    into = chance.uniform(0.3, 4.0)
    hall.listen_for(into)
    assert speakers(hall, called) == first, "a second one speaks"
    first = first[0]
    moment = time.monotonic()
    first.process.send_signal(signal.SIGSTOP if stop else signal.SIGKILL)
    others = lambda: [player for player in hall.players if player is not first and player.ear.sounds_since(moment) is not None]
    second = hall.wait_listening("another speaks", others, 15)
    silence = second[0].ear.sounds_since(moment) - moment
    hall.wait_listening("its receipt", lambda: [k for k in receipts_of(hall, ticket) if k["player"] == second[0].name], 60)
    assert others() == second and len(second) == 1, f"two speak: {[player.name for player in others()]}"
    print(f"{first.name} {'stopped' if stop else 'killed'} {into:.2f} s into {ticket}: {second[0].name} is heard {silence:.2f} s later", flush=True)
    if stop:
        first.process.send_signal(signal.SIGCONT)
        end_processes(first.process)
    first.process.wait()
    first.start()
    hall.wait_listening("it can speak again", lambda: hall.all_can_speak() and first.process.poll() is None, 60)
    hall.listen_for(3.5)  # until reports of before the kill count for nothing
    return silence


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--stop", action="store_true")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    args = parser.parse_args()

    def run():
        chance = random.Random(args.seed)
        print(f"seed {args.seed}", flush=True)
        with HallOfPlayers(args.program, players=3) as hall:
            hall.open()
            for player in hall.players:
                player.start()
            hall.wait_listening("all can speak", hall.all_can_speak, 60)
            undisturbed(hall)
            silences = sorted(a_round(hall, chance, args.stop) for _ in range(args.rounds))
            print(f"{args.rounds} rounds: silence p50 {silences[len(silences) // 2]:.2f} s, max {silences[-1]:.2f} s", flush=True)
            assert silences[-1] <= LIMIT, f"nobody was heard for {silences[-1]:.2f} s"
    return exit_status(run)


if __name__ == "__main__":
    sys.exit(main())
