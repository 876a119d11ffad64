#!/usr/bin/env python3
"""busy_minute.py: sixty calls in one minute, with a real master and one real player.

  busy_minute.py --program build/release/hallcast [--calls 60] [--seconds 60] [--random [--seed N]]

With --random the calls come at random moments, as in a hall, and from no more than 30 counters: `--random --calls 124 --seconds 600` is
ten minutes at the rate of Warsaw's rush hour (../shared/data: 62 calls in the worst five minutes).

Every call must be on the board (its picture presented, by the player's receipt), and be spoken, shortened, chimed or expired by the
receipts and the player's own counts: none is lost, and none is spoken after it expired. Exit status: 0 right, 1 wrong, 77 skipped.
"""
import argparse, json, os, random, sys, time

from hall_of_players import HallOfPlayers
from kill_master import end_processes
from watched_demo import exit_status


def percentile(values, of):
    ordered = sorted(values)
    return ordered[(len(ordered) - 1) * of // 100] if ordered else float("nan")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--calls", type=int, default=60)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--random", action="store_true")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    args = parser.parse_args()

    def run():
        moments = [number * args.seconds / args.calls for number in range(args.calls)]
        counters = args.calls
        if args.random:
            chance = random.Random(args.seed)
            moments = sorted(chance.uniform(0, args.seconds) for _ in moments)
            counters = min(30, args.calls)
            print(f"seed {args.seed}", flush=True)
        with HallOfPlayers(args.program, players=1, counters=counters) as hall:
            hall.open()
            player = hall.players[0]
            player.start()
            hall.wait_listening("the player can speak", hall.all_can_speak, 60)
            began, tickets = time.monotonic(), []
            for number in range(args.calls):
                due = began + moments[number]
                hall.wait_listening("the next call's time", lambda: time.monotonic() >= due, args.seconds + 30)
                tickets.append(hall.call(counter=number % counters + 1)[0])
            took = time.monotonic() - began
            hall.listen_for(75)  # a call is valid for a minute
            calls = json.loads(hall.office.ctl("ctl", "--json", "calls", "--hall", "main", "--limit", "500"))["calls"]
            end_processes(player.process)
            with open(os.path.join(player.folder, "statistics.json")) as file:
                counts = json.load(file)
            how = dict(full=0, brief=0, chime=0)
            delays, shown, late = [], [], []
            for record in calls:
                call, spoken = record["call"], [k["receipt"]["spoken"] for k in record["receipts"] if "spoken" in k["receipt"]]
                shown += [int(k["receipt"]["shown"]["atUs"]) / 1e6 - int(call["calledAtMs"]) / 1e3 for k in record["receipts"] if "shown" in k["receipt"]]
                for one in spoken:
                    how["full" if not one.get("brief") else "brief" if one.get("languages") else "chime"] += 1
                    delays.append(int(one["fromUs"]) / 1e6 - int(call["calledAtMs"]) / 1e3)
                    late += [call["ticket"]] if int(one["fromUs"]) / 1e3 > int(call["expiresAtMs"]) else []
            expired = int(counts["callsExpired"])
            print(f"{len(tickets)} calls in {took:.0f} s: {how['full']} in full, {how['brief']} briefly, {how['chime']} by the chime alone, "
                  f"{expired} expired; from call to chime p50 {percentile(delays, 50):.1f} s, p95 {percentile(delays, 95):.1f} s, "
                  f"max {max(delays):.1f} s; on the board p50 {percentile(shown, 50) * 1000:.0f} ms, max {max(shown) * 1000:.0f} ms", flush=True)
            assert {record["call"]["ticket"] for record in calls} == set(tickets)
            assert len(shown) >= len(tickets), f"only {len(shown)} of {len(tickets)} were shown"
            assert not late, f"spoken after they expired: {late}"
            attempts = len(calls)
            assert sum(how.values()) + expired == attempts, f"{attempts} attempts, but {how} and {expired} expired: {counts}"
            assert int(counts["callsAnnounced"]) == attempts == int(counts["callsSpoken"]) + expired, counts
    return exit_status(run)


if __name__ == "__main__":
    sys.exit(main())
