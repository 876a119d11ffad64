#!/usr/bin/env python3
"""pair_player.py: a new player from its first start to its revocation, with real processes and a virtual display.

  pair_player.py --program build/release/hallcast [--pictures FOLDER]

It shows a code, is let in with it, shows its hall without a restart, and again after one; it follows the master through two
changes of the master's key, of which it sleeps through one; and it sees nothing any more once its key is revoked. That it
follows means: the pixels of its board are those of `hallcast layout render` for the master's state.
Exit status: 0 right, 1 wrong, 77 skipped (no Xvfb).
"""
import argparse, os, re, shutil, subprocess, sys, tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from kill_master import LAYOUT, OFFICE, SIZE, Office, Screen, end_processes, wait_for, wanted_board


class Player:
    def __init__(self, office, directory, screen, environment):
        self.office, self.directory, self.screen = office, directory, screen
        # A user of its own: otherwise it would find the key that the master wrote for whoever started it.
        self.environment = dict(environment, DISPLAY=screen.name, XDG_CONFIG_HOME=os.path.join(directory, "player-config"))
        self.folder = os.path.join(directory, "player")
        self.said = os.path.join(directory, "player.out")
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            [self.office.program, "play", "--connect", f"127.0.0.1:{self.office.port}", "--dir", self.folder, "--layout",
             os.path.join(self.directory, "board.yaml"), "--size", f"{SIZE[0]}x{SIZE[1]}"],
            env=self.environment, stdout=open(self.said, "wb"), stderr=open(os.path.join(self.directory, "player.log"), "ab"))

    def stop(self):
        self.process.terminate()
        self.process.wait(20)

    def code(self):
        found = re.search(r"hallcast pair (\d+-\d{6})", open(self.said).read())
        return found and found[1]

    def log(self):
        return open(os.path.join(self.directory, "player.log")).read()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--pictures", help="folder for pictures of the screen with the code, and after pairing")
    args = parser.parse_args()
    if not shutil.which("Xvfb"):
        print("skipped: no Xvfb")
        return 77
    directory = tempfile.mkdtemp(prefix="hallcast-pair-")
    environment = dict(os.environ, XDG_CONFIG_HOME=os.path.join(directory, "config"), SDL_AUDIODRIVER="dummy")
    for name, text in (("board.yaml", LAYOUT), ("office.yaml", OFFICE)):
        open(os.path.join(directory, name), "w").write(text)
    office = Office(os.path.abspath(args.program), os.path.join(directory, "master"), environment)
    os.mkdir(office.directory)
    screen = Screen(directory)
    player = Player(office, directory, screen, environment)
    failed = None

    def picture(name):
        if args.pictures:
            os.makedirs(args.pictures, exist_ok=True)
            subprocess.run(["ffmpeg", "-y", "-loglevel", "error", "-f", "rawvideo", "-pix_fmt", "bgr24", "-s", f"{SIZE[0]}x{SIZE[1]}", "-i", "-",
                            os.path.join(args.pictures, name)], input=screen.pixels(), check=True)

    def call():
        assert office.ask("POST", "/api/v1/tickets", {"service": "A"}) and office.ask("POST", "/api/v1/counters/1/call-next"), "no call"

    def keys(*arguments):
        return subprocess.run([office.program, "keys", *arguments, "--dir", office.directory], env=environment, check=True,
                              capture_output=True, text=True).stdout

    def follows(what, seconds):
        call()
        want = wanted_board(office, directory)
        wait_for(what, lambda: screen.pixels() == want, seconds)

    try:
        office.start()
        office.ctl("office", "apply", os.path.join(directory, "office.yaml"))
        assert office.ask("POST", "/api/v1/counters/1/open"), "counter 1 does not open"

        blank = screen.pixels()
        player.start()
        code = wait_for("the player shows a code", player.code, 30)
        wait_for("there is something on its screen", lambda: screen.pixels() != blank, 30)
        picture("code.png")
        assert "waits" in office.ctl("pair") and " 127.0.0.1" in office.ctl("pair"), "the list lacks the player"
        wrong = code[:-1] + ("1" if code[-1] == "0" else "0")
        refused = subprocess.run([office.program, "pair", wrong, "--connect", f"127.0.0.1:{office.port}"], env=environment,
                                 capture_output=True, text=True)
        assert refused.returncode == 1 and "wrong" in refused.stderr, f"a wrong code: {refused}"
        code = wait_for("the player shows another code", lambda: player.code() and re.findall(r"hallcast pair (\d+-\d{6})", open(player.said).read())[-1] != code
                        and re.findall(r"hallcast pair (\d+-\d{6})", open(player.said).read())[-1], 30)
        print(office.ctl("pair", code, "--name", "hall-2"), end="")
        follows("the player shows its hall, without a restart", 15)
        picture("paired.png")
        kept = os.path.join(player.folder, "keys", "master.yaml")
        assert os.stat(kept).st_mode & 0o777 == 0o600, "the player's key is not private"
        assert code.split("-")[1] not in player.log(), "the secret is in the log"

        player.stop()
        player.start()
        follows("the player connects by itself after a restart", 15)
        assert not player.code(), "a paired player shows a code"

        known = open(kept).read()
        print(keys("rotate"), end="")
        follows("the player finds the master's new key", 30)
        assert open(kept).read() != known, "the new key is not kept"
        assert "hall main" in office.ctl("ctl", "state"), "ctl does not know the new key"
        player.stop()
        keys("rotate")
        player.start()
        follows("a player that slept through a change finds the new key", 30)

        keys("revoke", "hall-2")
        wait_for("the player is refused", lambda: "refuses the key" in player.log(), 15)
        call()
        print("paired, restarted, two new keys of the master found, revoked: right")
        return 0
    except (AssertionError, subprocess.CalledProcessError) as error:
        print(f"WRONG: {error} {getattr(error, 'stderr', '')}\nwhat is left lies in {directory}")
        failed = error
        return 1
    finally:
        end_processes(player.process, office.process, screen.process)
        if not failed:
            shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
