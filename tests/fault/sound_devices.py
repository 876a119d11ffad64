#!/usr/bin/env python3
"""sound_devices.py: what becomes of the sound when its devices come and go, heard at the devices.

  sound_devices.py --program build/release/hallcast [--rounds 50] [--seed N] [--limit 2]

A sound server of our own (PulseAudio) has two sinks that play into nothing: the hall, where a film's tone and the calls are to be
heard, and the loop, which has the calls alone. The player starts when there is no server. In each round, in the middle of a call,
both are torn away and given back a moment later: by their modules, as a plug that is pulled; every fifth round by the server's
death and restart; every fifth by its standing still (SIGSTOP) for four seconds. The player must live, say so in its log, and be
heard on both within --limit seconds of their return. At the end the default device is changed while it speaks.
Measured is from when the sink is there (pactl has returned), or the server goes on, to the first sound that its monitor gives.
Exit status: 0 right, 1 wrong, 77 skipped (no Xvfb or PulseAudio).
"""
import argparse, array, json, os, random, re, signal, statistics, subprocess, sys, threading, time, urllib.request

import numbered_clips
from kill_master import end_processes, wait_for
from sound_pipe import CHANNELS, RATE
from sound_server import missing
from watched_demo import WatchedDemo, exit_status

SIZE = (320, 180)
LOOP = "Loop"      # as the server describes it, which is what SDL calls it
HEARD = 0.001      # a sample above that is sound
ANSWER_SECONDS = 60


class Ear:
    """Hears when sound begins at a sink's monitor."""

    def __init__(self, server, sink):
        self.sink, self.begun_at, self.frames, self.silence = sink, None, 0, 0.0   # `silence`: seconds that came before the sound
        self._process = subprocess.Popen(["parec", "--raw", f"--device={sink}.monitor", "--format=float32le", f"--rate={RATE}",
                                          f"--channels={CHANNELS}", "--latency-msec=10"],
                                         env=server.ours, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self):
        while read := os.read(self._process.stdout.fileno(), 1 << 16):
            samples = array.array("f")
            samples.frombytes(read[:len(read) // 4 * 4])
            self.frames += len(samples) // CHANNELS
            if self.begun_at is None and max(samples, default=0) > HEARD:
                self.begun_at, self.silence = time.monotonic(), self.frames / RATE

    def again(self):
        self.begun_at = None

    def close(self):
        end_processes(self._process)
        self._thread.join(10)
        self._process.stdout.close()


class Server:
    """Takes the place of a SoundPipe in a WatchedDemo, to which it need not listen."""

    def __init__(self, folder):
        self.folder = os.path.join(folder, "pulse")
        os.mkdir(self.folder, 0o700)
        socket = os.path.join(self.folder, "native")
        self._socket, self.process, self._modules, self.ears = socket, None, {}, {}
        self._log = open(os.path.join(self.folder, "log"), "wb")
        self.ours = {**os.environ, **self.environment(), "XDG_RUNTIME_DIR": self.folder, "PULSE_RUNTIME_PATH": self.folder,
                     "XDG_CONFIG_HOME": self.folder, "HOME": self.folder}

    def environment(self):
        return {"PULSE_SERVER": "unix:" + self._socket, "PULSE_COOKIE": os.path.join(self.folder, "cookie"),
                "SDL_AUDIODRIVER": "pulseaudio", "SDL_AUDIO_DRIVER": "pulseaudio"}

    def wait(self, seconds):
        time.sleep(seconds)   # WatchedDemo waits for a process that has no way to tell it

    def start(self):
        self.process = subprocess.Popen(
            ["pulseaudio", "-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1", "--disallow-exit", "--realtime=yes", "--high-priority=yes",
             "-L", "module-always-sink",   # as servers are set up: a sink that is none takes the streams when the last one is gone
             "-L", f"module-native-protocol-unix socket={self._socket} auth-anonymous=1"],
            env=self.ours, stdout=self._log, stderr=self._log)
        wait_for("PulseAudio answers", lambda: subprocess.run(["pactl", "info"], env=self.ours, capture_output=True).returncode == 0, 20)

    def pactl(self, *arguments):
        return subprocess.run(["pactl", *arguments], env=self.ours, check=True, capture_output=True, text=True).stdout.strip()

    def plug_in(self, sink, description):
        self._modules[sink] = self.pactl("load-module", "module-null-sink", f"sink_name={sink}", f"rate={RATE}", f"channels={CHANNELS}",
                                         "format=float32le", "norewinds=1",   # else it begins with two seconds of silence
                                         f"sink_properties=device.description={description}")
        at = time.monotonic()
        self.ears[sink] = Ear(self, sink)
        return at

    def unplug(self, sink):
        self.pactl("unload-module", self._modules.pop(sink))
        self.ears.pop(sink).close()

    def kill(self):
        self.process.kill()
        self.process.wait()
        self._modules.clear()
        for ear in self.ears.values():
            ear.close()
        self.ears.clear()

    def close(self):
        for ear in self.ears.values():
            ear.close()
        end_processes(self.process)
        self._log.close()


def make_clip(folder):
    file = os.path.join(folder, "tone.mp4")
    numbered_clips.run_ffmpeg("-f", "lavfi", "-i", f"color=s={SIZE[0]}x{SIZE[1]}:r=10", "-f", "lavfi", "-i", f"sine=f=440:r={RATE},volume=0.5",
                              "-t", "10", "-c:v", "libx264", "-preset", "ultrafast", "-ac", "2", "-c:a", "aac", file)
    return file


def call(demo):
    request = urllib.request.Request(f"http://127.0.0.1:{demo.http}/api/v1/counters/1/call-next", method="POST", data=b"{}",
                                     headers={"Authorization": "Bearer demo", "Content-Type": "application/json"})
    return json.load(urllib.request.urlopen(request, timeout=10))["ticket"]


def answers(demo):
    try:
        return urllib.request.urlopen(f"http://127.0.0.1:{demo.http}/healthz", timeout=2).status == 200
    except OSError:
        return False


class Rounds:
    def __init__(self, args, demo):
        self.args, self.demo, self.server = args, demo, demo.sound
        self.seed = args.seed if args.seed is not None else random.randrange(1 << 32)
        self.random = random.Random(self.seed)
        self.times = {"hall": [], "loop": []}

    def logged(self):
        return len(self.demo.log())

    def said(self, purpose, what, since):
        return re.search(rf"\b{purpose}: {what}", self.demo.log()[since:])

    def plug_in(self):
        return {"hall": self.server.plug_in("hall", "Hall"), "loop": self.server.plug_in("loop", LOOP)}

    def heard_since(self, back, what):
        """When each of them is heard after it came back; a call is under way."""
        ticket = call(self.demo)
        ears = self.server.ears
        wait_for(f"{what}: sound on both devices", lambda: all(ear.begun_at for ear in ears.values()) or not self.demo.running(), ANSWER_SECONDS)
        assert self.demo.running(), f"{what}: the player ended: " + self.demo.log()[-2000:]
        took = {sink: ears[sink].begun_at - back[sink] for sink in ears}
        print(f"{what}: heard after {took['hall']:.2f} s in the hall, {took['loop']:.2f} s on the loop ({ticket}); silence that came before: "
              f"{ears['hall'].silence:.2f} and {ears['loop'].silence:.2f} s", flush=True)
        for sink, seconds in took.items():
            self.times[sink].append(seconds)

    def lose(self, how):
        since = self.logged()
        pause = self.random.uniform(0.2, 2.5)
        if how == "stands still":
            self.server.process.send_signal(signal.SIGSTOP)
            pause = 4
        elif how == "dies":
            self.server.kill()
        else:
            for sink in ("hall", "loop"):
                self.server.unplug(sink)
        begin = time.monotonic()
        for purpose in ("sound", "loop"):
            wait_for(f"the log says that there is no {purpose} device", lambda: self.said(purpose, "no device", since) or not self.demo.running(), 10)
        assert self.demo.running(), "the player ended: " + self.demo.log()[-2000:]
        noticed = time.monotonic() - begin
        time.sleep(max(0, pause - noticed))   # the time without a device is what this test is about
        print(f"  the device {how} for {max(pause, noticed):.1f} s, noticed after {noticed:.2f} s", flush=True)

    def give_back(self, how):
        if how == "stands still":
            for ear in self.server.ears.values():
                ear.again()
            self.server.process.send_signal(signal.SIGCONT)
            at = time.monotonic()
            return {"hall": at, "loop": at}
        if how == "dies":
            self.server.start()
        return self.plug_in()

    def run(self):
        print(f"seed {self.seed}", flush=True)
        wait_for("the log says that there is no device at the start", lambda: self.said("sound", "no device", 0) and self.said("loop", "no device", 0), 30)
        wait_for("the master answers", lambda: answers(self.demo) or not self.demo.running(), 30)
        self.server.start()
        time.sleep(2)   # a server without a device
        self.heard_since(self.plug_in(), "absent at start")
        for number in range(1, self.args.rounds + 1):
            how = {4: "stands still", 0: "dies"}.get(number % 5, "is gone")
            self.lose(how)
            self.heard_since(self.give_back(how), f"round {number}")
        self.mute()
        self.change_default()
        time.sleep(11)   # the player's counts are written every ten seconds
        counts = self.demo.statistics()
        print(f"the player's own counts: announced {counts.get('callsAnnounced')}, spoken {counts.get('callsSpoken')}, expired {counts.get('callsExpired', 0)}, "
              f"hasSound {counts.get('hasSound')}")
        assert counts.get("hasSound"), "the statistics do not say that there is sound"
        for sink, times in self.times.items():
            print(f"{sink}: {len(times)} times, median {statistics.median(times):.2f} s, longest {max(times):.2f} s; the limit is {self.args.limit:g} s")
        late = [seconds for times in self.times.values() for seconds in times if seconds > self.args.limit]
        assert not late, f"{len(late)} times too late"

    def mute(self):
        """Each of the two, which must not be taken for the other; by its device, and by the volume."""
        for sink, purpose, *how in (("hall", "sound", "set-sink-mute", "1", "0"), ("loop", "loop", "set-sink-volume", "0", "65536")):
            since, begin = self.logged(), time.monotonic()
            self.server.pactl(how[0], sink, how[1])
            wait_for(f"the log says that {sink} is muted", lambda: self.said(purpose, "muted: ", since), 10)
            muted, since = time.monotonic() - begin, self.logged()
            begin = time.monotonic()
            self.server.pactl(how[0], sink, how[2])
            wait_for(f"the log says that {sink} is no longer muted", lambda: self.said(purpose, "pulseaudio: ", since), 10)
            print(f"{sink} muted: noticed after {muted:.2f} s, and that it no longer is after {time.monotonic() - begin:.2f} s", flush=True)
        assert len(re.findall("muted: ", self.demo.log())) == 2, "one was taken for the other"

    def change_default(self):
        call(self.demo)
        self.server.plug_in("other", "Other")
        self.server.pactl("set-default-sink", "other")
        at = time.monotonic()
        ear = self.server.ears["other"]
        wait_for("sound on the new default device", lambda: ear.begun_at, ANSWER_SECONDS)
        print(f"another default device while it speaks: heard there after {max(0, ear.begun_at - at):.2f} s", flush=True)
        assert ear.begun_at - at <= self.args.limit


def run(args):
    if missing():
        print(f"skipped: no {', '.join(missing())} (Debian: pulseaudio, pulseaudio-utils)")
        return 77
    with WatchedDemo(args.program, SIZE, Server) as demo:
        demo.start([make_clip(demo.folder)], "--no-simulate", "--loop-device", LOOP)
        Rounds(args, demo).run()
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--limit", type=float, default=2)
    args = parser.parse_args()
    return exit_status(lambda: run(args))


if __name__ == "__main__":
    sys.exit(main())
