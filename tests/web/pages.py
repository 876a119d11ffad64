#!/usr/bin/env python3
"""Opens the staff's pages of a real `hallcast demo` in headless Chromium: their scripts must run under their own
content policy, and fill them in. usage: pages.py HALLCAST_PROGRAM; exit status 77: no browser here."""
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
         "--lang=en-US", "--enable-logging=stderr", "--virtual-time-budget=3000", "--dump-dom"]


def free_ports(count):
    """The first of `count` ports in a row that were free a moment ago."""
    for first in range(21000 + os.getpid() % 5000, 32000, count):
        sockets = [socket.socket() for _ in range(count)]
        try:
            for at, one in enumerate(sockets):
                one.bind(("127.0.0.1", first + at))
            return first
        except OSError:
            continue
        finally:
            for one in sockets:
                one.close()
    sys.exit("no free ports")


def answers(url):
    try:
        return urllib.request.urlopen(url, timeout=5).status == 200
    except OSError:
        return False


def page(browser, folder, url):
    """The page as its scripts have made it, and what the browser's console says."""
    done = subprocess.run([browser, *FLAGS, f"--user-data-dir={folder}/browser", url], capture_output=True, text=True,
                          timeout=120)
    return done.stdout, "\n".join(line for line in done.stderr.splitlines() if "CONSOLE" in line)


def check(condition, what, *seen):
    if not condition:
        sys.exit(f"FAILED: {what}\n" + "\n".join(seen))
    print(f"ok: {what}")


def main():
    program = sys.argv[1]
    browser = shutil.which("chromium")
    if not browser:
        print("skipped: no chromium here")
        return 77
    port = free_ports(6)
    root = f"http://127.0.0.1:{port + 5}"
    with tempfile.TemporaryDirectory(prefix="hallcast-pages-") as folder:
        environment = dict(os.environ, SDL_VIDEODRIVER="dummy", SDL_AUDIODRIVER="dummy", HOME=folder)
        log = open(f"{folder}/demo.log", "w+")
        demo = subprocess.Popen([program, "demo", "--no-simulate", "--dir", f"{folder}/demo", "--port", str(port),
                                 "--http", str(port + 5), "--size", "320x180", "--statistics", f"{folder}/statistics.json"], env=environment, stdout=log, stderr=log)
        try:
            limit = time.monotonic() + 60
            while not answers(root + "/healthz"):
                if demo.poll() is not None or time.monotonic() > limit:
                    sys.exit("FAILED: the demo does not serve its pages:\n" + open(log.name).read())
                time.sleep(0.1)
            dom, console = page(browser, folder, root + "/counter")
            numbers = re.findall(r'<option value="(\d+)">', dom)
            check(numbers == [str(n) for n in range(1, 9)], "the counters 1 to 8 can be chosen", str(numbers), console)
            waiting = re.findall(r'<td class="number">(\d+)</td>', dom)
            check(sum(map(int, waiting)) >= 200, "200 visitors wait", str(waiting), console)
            check(re.search(r"Call next|Wywołaj następną", dom), "the buttons have words", dom)
            check(re.search(r'id="error"[^>]* hidden', dom), "no error is shown", dom)
            check(console == "", "the browser's console is silent", console)
            dom, console = page(browser, folder, root + "/content")
            check(re.search(r'<th data-text="title"[^>]*>(Title|Nazwa)</th>', dom), "the list of content has its words", dom)
            check(re.search(r'id="error"[^>]* hidden', dom), "no error is shown", dom)
            check(console == "", "the browser's console is silent", console)
        finally:
            demo.terminate()
            demo.wait(timeout=30)
        with open(f"{folder}/statistics.json") as file:
            statistics = json.load(file)
        check(int(statistics["picturesPresented"]) > 0, "the player left its statistics", str(statistics))
    return 0


sys.exit(main())
