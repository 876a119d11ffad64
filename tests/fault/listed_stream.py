#!/usr/bin/env python3
"""listed_stream.py: a live stream in a master's list of content, on the screen of a player that follows that master.

  listed_stream.py --program build/release/hallcast [--screenshot FOLDER]

A film with captions is uploaded, a stream (HLS, with a password in its address) is put behind it for some seconds a turn. The player must
show both in turn, twice. The password reaches the player, and no log, answer, list or count. What is no address is refused in words.
Exit status: 0 right, 1 wrong, 77 skipped (no Xvfb).
"""
import argparse, os, shutil, subprocess, sys, tempfile, time

import numbered_clips
from kill_master import OFFICE, Office, end_processes, wait_for
from screen_file import NumberWatch, ScreenFile
from stream_servers import Hls
from watched_demo import LAYOUT, exit_status

SIZE = (640, 360)
SECRET = "geheim"
TURN = 4  # seconds of the stream
CAPTIONS = "1\n00:00:00,500 --> 00:00:02,800\nProsimy przygotować dokumenty\n"


def films(folder):
    """The film, with captions in a language of the hall that it does not speak; and what the stream sends."""
    film, sent = numbered_clips.make_list([(640, 360, 25, 3, "h264"), (640, 360, 25, 10, "h264")], folder)
    bare, film.file = film.file, os.path.join(folder, "film.mkv")
    with open(os.path.join(folder, "film.srt"), "w") as file:
        file.write(CAPTIONS)
    numbered_clips.run_ffmpeg("-i", bare, "-i", file.name, "-map", "0", "-map", "1", "-c", "copy", "-c:s", "ass", "-metadata:s:a:0", "language=eng",
                              "-metadata:s:s:0", "language=pol", film.file)
    return film, sent


def turns(seen, film):
    """What was shown in turn: [("film", its first moment), ...]."""
    kinds = [("film" if number < film.pictures() else "stream", at) for at, number in seen]
    return [now for before, now in zip([(None, 0)] + kinds, kinds) if now[0] != before[0]]


def run(args):
    folder = tempfile.mkdtemp(prefix="hallcast-listed-")
    path = lambda name: os.path.join(folder, name)
    environment = dict(os.environ, XDG_CONFIG_HOME=path("config"), SDL_AUDIODRIVER="none")
    for name, text in (("zone.yaml", LAYOUT.format(width=SIZE[0], height=SIZE[1])), ("office.yaml", OFFICE)):
        with open(path(name), "w") as file:
            file.write(text)
    for name in ("master", "display"):
        os.mkdir(path(name))
    film, sent = films(folder)
    office = Office(os.path.abspath(args.program), path("master"), environment)
    server, screen, player, right = Hls(sent), ScreenFile(path("display"), *SIZE), None, False

    def content(*arguments, wrong=False):
        with open(os.path.join(office.directory, "keys", "http-token")) as file:
            token = file.read().strip()
        done = subprocess.run([office.program, "content", "--url", f"http://127.0.0.1:{office.http}", "--token", token, *arguments],
                              env=environment, capture_output=True, text=True, timeout=400)
        assert (done.returncode != 0) == wrong, f"content {arguments[0]}: {done.returncode}: {done.stderr}"
        return done.stdout + done.stderr

    server.start()
    try:
        office.start()
        office.ctl("office", "apply", path("office.yaml"))
        said = content("add", film.file)
        said += content("stream", server.address.replace("://", f"://hall:{SECRET}@"), "--seconds", str(TURN), "--title", "News")
        refused = [content("stream", address, wrong=True) for address in (f"rtsp://hall:{SECRET}@", f"http://hall:{SECRET}@host/a b", "/etc/passwd")]
        listed = content("list")
        print(listed + "".join(refused), end="", flush=True)
        player = subprocess.Popen([office.program, "play", "--connect", f"127.0.0.1:{office.port}", "--dir", path("player"), "--layout",
                                   path("zone.yaml"), "--size", f"{SIZE[0]}x{SIZE[1]}", "--statistics", path("player.json")],
                                  env=dict(environment, DISPLAY=screen.name), stdout=subprocess.DEVNULL, stderr=open(path("player.log"), "wb"))
        watch = NumberWatch(screen, (0, 0, *SIZE), [film, sent])
        taken = set()

        def four_turns():
            assert player.poll() is None, "the player ended by itself"
            watch.look(time.monotonic())
            shown = turns(watch.seen, film)
            if args.screenshot and shown and shown[-1][0] not in taken and time.monotonic() > shown[-1][1] + 1:
                taken.add(shown[-1][0])
                screen.save_png(os.path.join(args.screenshot, shown[-1][0] + ".png"))
            return len(shown) >= 5  # the stream's time ended, too

        wait_for("film and stream, twice each", four_turns, 120)
        shown = turns(watch.seen, film)
        held = [round(end - begin, 1) for (_, begin), (_, end) in zip(shown, shown[1:])]
        assert not watch.black, f"black for {watch.black}"
        answer = str(office.ask("GET", "/api/v1/content"))
        end_processes(player)
        kept = {name: open(path(name), errors="replace").read() for name in ("player.log", "player.json", "master/master.log")}
        for where, text in {**kept, "the API": answer, "the list": listed, "the answers": said + "".join(refused)}.items():
            assert SECRET not in text, f"the password is in {where}"
        assert "127.0.0.1" in answer and "News" in listed and "no address of a stream" in refused[2]
        assert os.stat(path("player/content/manifest.json")).st_mode & 0o077 == 0, "others can read the password"
        print(f"shown in turn, seconds: {', '.join(f'{kind} {seconds}' for (kind, _), seconds in zip(shown, held))}")
        right = True
    finally:
        end_processes(player, office.process, screen.process)
        server.stop()
        if right:
            shutil.rmtree(folder, ignore_errors=True)
        else:
            print(f"what is left lies in {folder}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--screenshot", help="folder for PNGs of the film with its captions, and of the stream")
    args = parser.parse_args()
    return exit_status(lambda: run(args))


if __name__ == "__main__":
    sys.exit(main())
