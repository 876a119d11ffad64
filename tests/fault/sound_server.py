"""What a program sounds like on a device that keeps time: a sound server of our own, PulseAudio, with a sink that plays into nothing.

Such a sink takes a piece of sound when the piece before it is over, by the machine's clock, and gives it to its monitor at that
moment: what we read then begins to be heard. So the first sample that arrives after a pause is heard when it arrives, less the
fraction of a millisecond that it took; and since the sink's clock is ours, the earliest arrivals of half a minute tell it exactly.
The server is nobody else's: it has a socket and a folder of its own, and ends with us.
"""
import array, collections, fcntl, os, select, shutil, subprocess, time

from sound_pipe import CHANNELS, F_SETPIPE_SZ, RATE

PIECE_MS = 10           # that the sink takes and gives at once
PAUSE_SECONDS = 0.003   # between two pieces
REMEMBERED_SECONDS = 30
FRAME_BYTES = 4 * CHANNELS


def missing():
    return [program for program in ("pulseaudio", "parec", "pactl") if not shutil.which(program)]


class SoundServer:
    def __init__(self, folder):
        self.folder = os.path.join(folder, "pulse")
        os.mkdir(self.folder, 0o700)
        socket = os.path.join(self.folder, "native")
        # `environment` is for who plays; the server reads nobody's settings.
        self._environment = {"PULSE_SERVER": "unix:" + socket, "PULSE_COOKIE": os.path.join(self.folder, "cookie"),
                             "SDL_AUDIODRIVER": "pulseaudio", "SDL_AUDIO_DRIVER": "pulseaudio"}
        ours = {**os.environ, **self._environment, "XDG_RUNTIME_DIR": self.folder, "PULSE_RUNTIME_PATH": self.folder,
                "XDG_CONFIG_HOME": self.folder, "HOME": self.folder}
        # A device is not late because the machine is busy: the server goes before others where it may.
        self._log = open(os.path.join(self.folder, "log"), "wb")
        self.process = subprocess.Popen(
            ["pulseaudio", "-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1", "--disallow-exit", "--realtime=yes", "--high-priority=yes",
             "-L", f"module-native-protocol-unix socket={socket} auth-anonymous=1",
             "-L", f"module-null-sink sink_name=hall rate={RATE} channels={CHANNELS} format=float32le"],
            env=ours, stdout=self._log, stderr=self._log)
        give_up = time.monotonic() + 20
        while subprocess.run(["pactl", "info"], env=ours, capture_output=True).returncode != 0:
            assert self.process.poll() is None and time.monotonic() < give_up, "PulseAudio does not start: " + self.log()
            time.sleep(0.05)   # between two questions to a program that tells nobody when it is ready
        self.recorder = subprocess.Popen(
            ["parec", "--raw", "--device=hall.monitor", "--format=float32le", f"--rate={RATE}", f"--channels={CHANNELS}", f"--latency-msec={PIECE_MS}"],
            env=ours, stdout=subprocess.PIPE, stderr=self._log)
        self.descriptor = self.recorder.stdout.fileno()
        os.set_blocking(self.descriptor, False)
        fcntl.fcntl(self.descriptor, F_SETPIPE_SZ, 1 << 20)
        self.poll = select.poll()
        self.poll.register(self.descriptor, select.POLLIN)
        self.samples = array.array("f")    # the left channel; a caller may empty it
        self._rest = b""
        self._frames = 0
        self._arrived = 0.0
        # (frames before a piece, when frame 0 would have been heard if that piece had not been late)
        self._pieces = collections.deque()
        self._earliest = None   # of the first pieces, when those are no more remembered

    def environment(self):
        return self._environment

    def log(self):
        self._log.flush()
        with open(self._log.name, errors="replace") as file:
            return file.read()[-2000:]

    def wait(self, seconds):
        """Reads what comes within so long; returns at once after the first of it."""
        if not self.poll.poll(max(0, seconds * 1000)):
            return
        now = time.monotonic()
        read = os.read(self.descriptor, 1 << 20)
        assert read, "the recording ended by itself: " + self.log()
        if now - self._arrived > PAUSE_SECONDS:
            piece = (self._frames, now - self._frames / RATE)
            self._pieces.append(piece)
            if self._earliest is None and self._pieces[0][0] < self._frames - REMEMBERED_SECONDS * RATE:
                self._earliest = self._of_earliest()
            while self._pieces[0][0] < self._frames - REMEMBERED_SECONDS * RATE:
                self._pieces.popleft()
        self._arrived = now
        read = self._rest + read
        whole = len(read) // FRAME_BYTES * FRAME_BYTES
        self._rest = read[whole:]
        frames = array.array("f")
        frames.frombytes(read[:whole])
        self.samples.extend(frames[::CHANNELS])
        self._frames += whole // FRAME_BYTES

    def heard_at(self, frame):
        """(when that frame was heard, by how much the median piece came later than the earliest); None: it is not known yet."""
        if self._frames < frame + RATE // 2:
            return None
        begins = sorted(begin for _, begin in self._pieces)
        return begins[0] + frame / RATE, begins[len(begins) // 2] - begins[0]

    def _of_earliest(self):
        return min(self._pieces, key=lambda piece: piece[1])

    def pace(self):
        """Of the device's clock against ours, between the earliest pieces of the first half minute and of the last."""
        if self._earliest is None:
            return 1.0
        (first, begin), (last, end) = self._earliest, self._of_earliest()
        return 1 - (end - begin) * RATE / (last - first) if last > first else 1.0

    def close(self):
        for process in (self.recorder, self.process):
            process.terminate()
            process.wait(10)
        self.recorder.stdout.close()
        self._log.close()
