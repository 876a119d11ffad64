"""What a program sounds like: SDL's disk driver writes into a pipe, which we empty at a device's pace.

Left to itself the driver keeps no time: it sleeps a block's length after each block, so that it is late by what mixing, writing and
waking up took, every time: one or two percent slow on an idle machine, five on a busy one. So it is told not to sleep
(SDL_DISKAUDIODELAY=0), and waits for room in the pipe instead, as for a device's buffer: a process of its own takes 512 frames,
a page, out of it whenever so many are over by the machine's clock. When there are none it waits for them, and goes on from there:
what a device would play as a gap is told as `dry`. A frame is heard when its page is taken.
With `own_pace` the driver goes at its own: that is a device that is off by more than any crystal.
"""
import array, bisect, fcntl, os, select, struct, subprocess, sys, time

RATE, CHANNELS = 48000, 2
FRAME_BYTES = 4 * CHANNELS
PAGE_BYTES = 4096                            # the smallest pipe
PAGE = PAGE_BYTES // FRAME_BYTES             # sample frames
F_SETPIPE_SZ = 1031
HEADER = struct.Struct("dQ")                 # before each page: when its first frame is heard, how often the pipe was dry by then
REMEMBERED = 6000                            # pages: a minute


def play(descriptor, out):
    """The device: takes pages in time, and passes them on, until it is ended."""
    waits = select.poll()
    waits.register(descriptor, select.POLLIN)
    due, dry = None, 0
    while True:
        if due is not None:
            time.sleep(max(0.0, due - time.monotonic()))
        page = b""
        while len(page) < PAGE_BYTES:
            if due is None or not waits.poll(0):
                dry += due is not None
                due = None
                waits.poll()
            page += os.read(descriptor, PAGE_BYTES - len(page))
        due = due or time.monotonic()
        out.write(HEADER.pack(due, dry) + page)
        out.flush()
        due += PAGE / RATE


class SoundPipe:
    def __init__(self, folder, own_pace=False, pages=2):
        """`pages`: of the device's buffer. With one it is heard, as hallcast assumes, about a block after it was mixed; two are safer."""
        self.path = os.path.join(folder, "sound")
        os.mkfifo(self.path)
        # For writing too: else the end of a file would be seen before the player has begun.
        self._fifo = os.open(self.path, os.O_RDWR)
        self._own_pace = own_pace
        fcntl.fcntl(self._fifo, F_SETPIPE_SZ, 1 << 20 if own_pace else pages * PAGE_BYTES)
        self._device = subprocess.Popen([sys.executable, __file__, str(int(own_pace))], stdin=self._fifo, stdout=subprocess.PIPE, bufsize=0)
        self.descriptor = self._device.stdout.fileno()
        fcntl.fcntl(self.descriptor, F_SETPIPE_SZ, 1 << 20)  # the device must not wait for us
        os.set_blocking(self.descriptor, False)
        self.poll = select.poll()
        self.poll.register(self.descriptor, select.POLLIN)
        self.samples = array.array("f")      # the left channel; a caller may empty it
        self.dry = 0                         # times that the device had nothing to play
        self._pages = []                     # (first frame, when it is heard), of the last minute or two
        self._first = None                   # of them
        self._frames = 0
        self._rest = b""

    def environment(self):
        return {"SDL_AUDIODRIVER": "disk", "SDL_DISKAUDIOFILE": self.path, **({} if self._own_pace else {"SDL_DISKAUDIODELAY": "0"})}

    def wait(self, seconds):
        """Reads what comes within so long; returns at once after the first of it."""
        if not self.poll.poll(max(0, seconds * 1000)):
            return
        read = self._rest + os.read(self.descriptor, 1 << 20)
        size = HEADER.size + PAGE_BYTES
        whole = len(read) // size * size
        self._rest = read[whole:]
        for at in range(0, whole, size):
            heard, self.dry = HEADER.unpack_from(read, at)
            self._pages.append((self._frames, heard))
            self._frames += PAGE
            frames = array.array("f")
            frames.frombytes(read[at + HEADER.size:at + size])
            self.samples.extend(frames[::CHANNELS])
        if self._pages:
            self._first = self._first or self._pages[0]
        if len(self._pages) > 2 * REMEMBERED:
            del self._pages[:REMEMBERED]

    def heard_at(self, frame):
        """(when that frame was heard, what that may be wrong by); None: it is not known yet. Not for a driver at its own pace."""
        if frame >= self._frames:
            return None
        first, heard = self._pages[bisect.bisect(self._pages, frame, key=lambda page: page[0]) - 1]
        return heard + (frame - first) / RATE, 0.0

    def pace(self):
        """Of the device's clock against ours: below 1 it is slow."""
        (first, begin), (last, end) = self._first, self._pages[-1]
        return (last - first) / RATE / max(PAGE / RATE, end - begin)

    def close(self):
        self._device.terminate()
        self._device.wait(10)
        self._device.stdout.close()
        os.close(self._fifo)


if __name__ == "__main__":
    play(sys.stdin.fileno(), sys.stdout.buffer)
