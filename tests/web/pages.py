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


class Demo:
    """A running `hallcast demo` with these further arguments."""

    def __init__(self, program, folder, arguments):
        self.folder = folder
        self.port = free_ports(6)
        self.root = f"http://127.0.0.1:{self.port + 5}"
        environment = dict(os.environ, SDL_VIDEODRIVER="dummy", SDL_AUDIODRIVER="dummy", HOME=folder)
        self.log = open(f"{folder}/demo.log", "w+")
        self.process = subprocess.Popen([program, "demo", "--no-simulate", "--dir", f"{folder}/demo", "--port", str(self.port),
                                         "--http", str(self.port + 5), "--size", "320x180", *arguments],
                                        env=environment, stdout=self.log, stderr=self.log)
        limit = time.monotonic() + 60
        while not answers(self.root + "/healthz"):
            if self.process.poll() is not None or time.monotonic() > limit:
                sys.exit("FAILED: the demo does not serve its pages:\n" + open(self.log.name).read())
            time.sleep(0.1)
        page = urllib.request.urlopen(self.root + "/counter").read().decode()
        self.token = re.search(r'name="hallcast-token" content="([^"]+)"', page).group(1)

    def ask(self, method, path, body=None):
        request = urllib.request.Request(self.root + path, method=method, headers={"Authorization": "Bearer " + self.token},
                                         data=body and json.dumps(body).encode())
        return json.load(urllib.request.urlopen(request, timeout=10))

    def wait_for(self, what, condition):
        limit = time.monotonic() + 60
        while not condition():
            if time.monotonic() > limit:
                sys.exit(f"FAILED: {what}\n" + open(self.log.name).read())
            time.sleep(0.1)

    def call(self):
        """Calls somebody to counter 1, which the pages choose by themselves."""
        self.wait_for("visitors who wait", lambda: any(s["waiting"] for s in self.ask("GET", "/api/v1/halls/main")["services"]))
        counter = next(c for c in self.ask("GET", "/api/v1/halls/main")["counters"] if c["number"] == 1)
        if counter["activity"] == "COUNTER_ACTIVITY_CLOSED":
            self.ask("POST", "/api/v1/counters/1/open")
        return self.ask("POST", "/api/v1/counters/1/call-next")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=30)


def look_at_pages(browser, folder, program):
    with Demo(program, folder, ["--statistics", f"{folder}/statistics.json"]) as demo:
        root = demo.root
        dom, console = page(browser, folder, root + "/counter")
        numbers = re.findall(r'<option value="(\d+)">', dom)
        check(numbers == [str(n) for n in range(1, 9)], "the counters 1 to 8 can be chosen", str(numbers), console)
        waiting = re.findall(r'<td class="number">(\d+)</td>', dom)
        check(sum(map(int, waiting)) >= 200, "200 visitors wait", str(waiting), console)
        check(re.search(r"Call next|Wywołaj następną", dom), "the buttons have words", dom)
        check(re.search(r'id="error"[^>]* hidden', dom), "no error is shown", dom)
        check(re.search(r'id="seen"[^>]* hidden', dom) and re.search(r'id="unseen"[^>]* hidden', dom),
              "without a call nothing is said of screens", dom)
        check(console == "", "the browser's console is silent", console)

        call = demo.call()
        demo.wait_for("the screen's receipt", lambda: any("shown" in kept["receipt"] for record in demo.ask("GET", "/api/v1/calls")["calls"]
                                                          if record["call"]["callId"] == call["callId"] for kept in record["receipts"]))
        dom, console = page(browser, folder, root + "/counter")
        seen = re.search(r'<p id="seen" class="([^"]*)"[^>]*>([^<]*)</p>', dom)
        check(seen and "hidden" not in seen.group(0) and re.match(r"(Shown on screens:|Pokazano na ekranach:) 1", seen.group(2)),
              "the clerk sees that one screen shows the call", seen.group(0) if seen else dom)
        check(re.search(r'id="unseen"[^>]* hidden', dom), "and no alert", dom)
        check(console == "", "the browser's console is silent", console)

        check(len(re.findall(r'<input lang="\w+" name="\w+" dir="auto"', dom)) >= 2, "a notice can be written in the office's languages", dom)
        told = demo.ask("POST", "/api/v1/notices", {"text": {"pl": "Okienko 7 jest nieczynne.", "ar": "الشباك رقم سبعة مغلق."}, "seconds": 300})
        dom, console = page(browser, folder, root + "/counter")
        check(re.search(r'<div lang="ar" dir="auto">الشباك رقم سبعة مغلق.</div>', dom), "what is told is in the list", dom)
        check(console == "", "the browser's console is silent", console)
        demo.ask("DELETE", "/api/v1/notices/" + told["id"])
        dom, _ = page(browser, folder, root + "/counter")
        check("الشباك" not in dom and re.search("No notice now|Nie ma teraz", dom), "and is no more when it was ended", dom)

        levels = [demo.ask("POST", "/api/v1/notices", {"text": {"pl": "Uwaga."}, "seconds": 300, level: True})["id"] for level in ("warning", "urgent")]
        dom, console = page(browser, folder, root + "/counter")
        for level, words in (("warning", "warning|ostrzeżenie"), ("urgent", "emergency|alarm")):
            check(re.search(rf'<tr class="{level}"><td><strong>({words})[^<]*</strong><div lang="pl"[^>]*>Uwaga', dom), f"of what kind it is, is told in words: {level}", dom)
        check(console == "", "the browser's console is silent", console)
        for id in levels:
            demo.ask("DELETE", "/api/v1/notices/" + id)

        demo.wait_for("the screen's report", lambda: any(p["report"]["statistics"]["width"] for p in demo.ask("GET", "/api/v1/players")["players"]))
        dom, console = page(browser, folder, root + "/health")
        check(re.search(r"<tr><td>player</td><td>main</td><td>[^<]*(works|działa)[^<]*</td><td>hall 320×180</td>", dom), "the screen is in the list", dom)
        check('class="error reasons"' not in dom, "nothing is wrong with its layout", dom)
        check(console == "", "the browser's console is silent", console)
        os.makedirs(f"{folder}/demo/layouts", exist_ok=True)
        with open(f"{folder}/demo/layouts/hall.yaml", "w") as file:
            file.write("canvas: [320, 180]\nstack:\n  - {name: clock, kind: clok, box: [0, 0, 320, 180]}\n")
        demo.wait_for("the layout's error", lambda: any(p["report"]["statistics"]["layoutError"] for p in demo.ask("GET", "/api/v1/players")["players"]))
        dom, console = page(browser, folder, root + "/health")
        reasons = re.search(r'<p class="error reasons">([^<]*)</p>', dom)
        check(reasons and re.search(r"hall\.yaml:3:.*clok", reasons.group(1)), "a wrong layout is told with its line", reasons.group(0) if reasons else dom)
        check(console == "", "the browser's console is silent", console)

        demo.ask("POST", "/api/v1/content/streams", {"address": "udp://hall:geheim@127.0.0.1:9", "seconds": 90, "title": "News"})
        dom, console = page(browser, folder, root + "/content")
        check(re.search(r'title="udp://127.0.0.1:9">News</td><td>(live stream|transmisja)</td><td class="number">1:30</td>', dom),
              "a live stream is in the list", dom)
        check("geheim" not in dom, "without its password", dom)
        check(re.search(r'<th data-text="title"[^>]*>(Title|Nazwa)</th>', dom), "the list of content has its words", dom)
        check(re.search(r'id="error"[^>]* hidden', dom), "no error is shown", dom)
        check(console == "", "the browser's console is silent", console)
    with open(f"{folder}/statistics.json") as file:
        statistics = json.load(file)
    check(int(statistics["picturesPresented"]) > 0, "the player left its statistics", str(statistics))


def look_at_alert(browser, folder, program):
    """A hall whose only screen has no place for calls: the clerk is told."""
    layout = f"{folder}/clock.yaml"
    with open(layout, "w") as file:
        file.write("canvas: [320, 180]\nstack:\n  - {name: clock, kind: clock, box: [0, 0, 320, 180], text_size: 60}\n")
    with Demo(program, folder, ["--layout", layout]) as demo:
        call = demo.call()
        demo.wait_for("the alert", lambda: any(c["callId"] == call["callId"] and c["unseen"]
                                               for c in demo.ask("GET", "/api/v1/halls/main")["calls"]))
        dom, console = page(browser, folder, demo.root + "/counter")
        unseen = re.search(r'<p id="unseen"[^>]*>([^<]*)</p>', dom)
        check(unseen and "hidden" not in unseen.group(0) and re.match("No screen shows|Żaden ekran", unseen.group(1)),
              "the clerk sees that no screen shows the call", unseen.group(0) if unseen else dom)
        check(re.search(r'id="seen"[^>]* hidden', dom), "and not that one does", dom)
        check(console == "", "the browser's console is silent", console)


def main():
    program = sys.argv[1]
    browser = shutil.which("chromium")
    if not browser:
        print("skipped: no chromium here")
        return 77
    for look in (look_at_pages, look_at_alert):
        with tempfile.TemporaryDirectory(prefix="hallcast-pages-") as folder:
            look(browser, folder, program)
    return 0


sys.exit(main())
