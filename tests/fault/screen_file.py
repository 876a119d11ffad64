"""A virtual display, and what is on it: read from the file in which Xvfb keeps its framebuffer, without asking anybody."""
import mmap, os, struct, subprocess

from numbered_clips import BITS

BLACK = 24  # a channel that is at most this


class ScreenFile:
    """Pixels of an Xvfb of our own, which keeps its framebuffer when a client leaves: it would begin a new file else."""

    def __init__(self, folder, width, height):
        read_end, write_end = os.pipe()
        self.width, self.height = width, height
        self.process = subprocess.Popen(["Xvfb", "-displayfd", str(write_end), "-screen", "0", f"{width}x{height}x24", "-fbdir", folder,
                                         "-nolisten", "tcp", "-noreset"], pass_fds=[write_end], stderr=subprocess.DEVNULL)
        os.close(write_end)
        with os.fdopen(read_end) as display:  # to the line's end: Xvfb ends when it cannot write that
            self.name = ":" + display.readline().strip()
        assert self.name != ":", "Xvfb does not start"
        with open(os.path.join(folder, "Xvfb_screen0"), "rb") as file:
            self.bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        header, colours = (struct.unpack(">I", self.bytes[i:i + 4])[0] for i in (0, 76))
        self.stride = struct.unpack(">I", self.bytes[48:52])[0]
        self.base = header + 12 * colours

    def offset(self, x, y):
        """Of a pixel's blue; green and red follow."""
        return self.base + int(y) * self.stride + 4 * int(x)

    def is_black(self, offsets):
        return all(max(self.bytes[i:i + 3]) <= BLACK for i in offsets)

    def save_png(self, file):
        rows = b"".join(self.bytes[self.offset(0, y):self.offset(self.width, y)] for y in range(self.height))
        subprocess.run(["ffmpeg", "-loglevel", "error", "-y", "-f", "rawvideo", "-pix_fmt", "bgr0", "-s", f"{self.width}x{self.height}",
                        "-i", "-", "-frames:v", "1", file], input=rows, check=True)


class NumberPlace:
    """Where a clip's numbers are to be read: the clip fills a zone, keeping its shape."""

    def __init__(self, screen, zone, clip):
        x, y, width, height = zone
        scale = min(width / clip.width, height / clip.height)
        shown_width, shown_height = clip.width * scale, clip.height * scale
        block = clip.width // 32 * scale
        left, top = x + (width - shown_width) / 2, y + (height - shown_height) / 2
        self.bytes = screen.bytes
        self.rows = [[screen.offset(left + (i + 0.5) * block, top + block * at) + 1 for i in range(BITS + 2)] for at in (0.3, 0.7)]
        self.first, self.end = clip.first, clip.first + clip.pictures()

    def read(self):
        """The number, or None where this clip's row is not, or is being drawn over.

        The server copies a picture line by line while we read, and may be put to sleep anywhere. An upper line that reads the same
        before and after the lower one was read stood still meanwhile; if it is half old and half new, the copy was in it, and the lower
        line still is all old. So what three reads agree in was on the screen as a whole."""
        upper, lower = self.rows
        number = self._read(upper)
        return number if number is not None and number == self._read(lower) == self._read(upper) else None

    def _read(self, greens):
        seen, green_mark, magenta_mark = self.bytes, greens[BITS], greens[BITS + 1]
        if not (seen[green_mark] > 150 and seen[green_mark + 1] < 110 and seen[magenta_mark] < 110 and seen[magenta_mark + 1] > 150):
            return None
        number = 0
        for bit in range(BITS):
            green = seen[greens[bit]]
            if green > 170:
                number |= 1 << bit
            elif green > 85:
                return None
        return number if self.first <= number < self.end else None


class NumberWatch:
    """The numbers that a list of clips shows in a zone, each with the time at which it appeared."""

    def __init__(self, screen, zone, clips):
        self.screen = screen
        self.places = [NumberPlace(screen, zone, clip) for clip in clips]
        self.total = sum(clip.pictures() for clip in clips)
        x, y, width, height = zone
        # A grid that misses no picture of the clips: they are full of colours.
        self.grid = [screen.offset(x + width * (i + 0.5) / 8, y + height * (j + 0.5) / 8) for i in range(8) for j in range(8)]
        self.seen = []          # (time, number), whenever it changed
        self.passed = 0         # pictures since the first, missed ones too
        self.black = []         # (begin, end) of stretches in which the zone was black
        self.blind = []         # (begin, end) of stretches in which nobody looked for longer than `blink`
        self.blink = 0.008
        self._looked = None
        self._current = 0
        self._is_black = False

    def look(self, now):
        if self._looked is not None and now - self._looked > self.blink:
            self.blind.append((self._looked, now))
        self._looked = now
        number = self._read()
        if number is not None:
            if not self.seen or number != self.seen[-1][1]:
                if self.seen:
                    step = (number - self.seen[-1][1]) % self.total
                    self.passed += step if step <= self.total // 2 else 0
                self.seen.append((now, number))
            self._is_black = False
        elif self.seen and self.screen.is_black(self.grid):
            if not self._is_black:
                self.black.append((now, now))
            self.black[-1] = (self.black[-1][0], now)
            self._is_black = True

    def _read(self):
        for step in range(len(self.places)):
            place = (self._current + step) % len(self.places)
            number = self.places[place].read()
            if number is not None:
                self._current = place
                return number
        return None
