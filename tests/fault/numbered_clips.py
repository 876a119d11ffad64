"""Clips made by ffmpeg whose every picture carries its number, so that a screen can be read from outside.

Along the top edge lie blocks, each a 32nd of the clip's width: twelve of the number (white for 1, black for 0, least
significant first), then a green and a magenta one, by which the row is known to be there at all. The sound is a tone of 440 Hz
that begins at phase 0; clips last whole seconds, so that it goes on over a join as if there were none.
"""
import contextlib, os, shutil, subprocess, tempfile
from dataclasses import dataclass

BITS = 12
TONE = 440
VIDEO = {
    "h264": ["-c:v", "libx264", "-preset", "veryfast", "-bf", "2", "-crf", "20"],
    "hevc": ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=error", "-crf", "22", "-tag:v", "hvc1"],
    "vp9": ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "3M"],
    "av1": ["-c:v", "libsvtav1", "-preset", "10", "-crf", "35"],
}
# All in MP4, VP9 too: what ffmpeg writes as WebM begins its pictures 7 ms after its sound, so that the tone could not go on.
SOUND = ["-c:a", "aac", "-b:a", "128k", "-movflags", "+faststart"]


@contextlib.contextmanager
def folder(kept=None):
    """Where clips lie: `kept` for the next run too, or one that is removed in the end."""
    made = kept or tempfile.mkdtemp(prefix="hallcast-clips-")
    os.makedirs(made, exist_ok=True)
    try:
        yield made
    finally:
        if not kept:
            shutil.rmtree(made, ignore_errors=True)


@dataclass
class Clip:
    width: int
    height: int
    fps: int
    seconds: int
    codec: str = "h264"
    first: int = 0   # the number of its first picture
    file: str = ""

    def pictures(self):
        return self.fps * self.seconds

    def name(self):
        return f"{self.codec}-{self.width}x{self.height}-{self.fps}-{self.seconds}s-{self.first}.mp4"


def run_ffmpeg(*arguments):
    done = subprocess.run(["ffmpeg", "-nostdin", "-loglevel", "error", "-y", *arguments], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"ffmpeg {' '.join(arguments)}: {done.stderr[-2000:]}")


def blocks(clip):
    """A filter that draws the row."""
    size = clip.width // 32

    def box(index, colour, when=""):
        return f",drawbox=x={index * size}:y=0:w={size}:h={size}:color={colour}:t=fill{when}"

    drawn = box(BITS, "0x00ff00") + box(BITS + 1, "0xff00ff")
    for bit in range(BITS):
        drawn += box(bit, "black") + box(bit, "white", f":enable='mod(floor((n+{clip.first})/{1 << bit}),2)'")
    return drawn


def make(clip, folder):
    """Makes the clip unless the folder has it."""
    clip.file = os.path.join(folder, clip.name())
    if os.path.exists(clip.file):
        return clip
    beside = os.path.join(folder, "making-" + clip.name())
    run_ffmpeg("-f", "lavfi", "-i", f"testsrc2=s={clip.width}x{clip.height}:r={clip.fps},noise=alls=5:allf=t,format=yuv420p{blocks(clip)}",
               "-f", "lavfi", "-i", f"sine={TONE}:r=48000", "-t", str(clip.seconds), *VIDEO[clip.codec], "-g", str(2 * clip.fps),
               "-pix_fmt", "yuv420p", "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv",
               "-ac", "2", *SOUND, beside)
    os.rename(beside, clip.file)
    return clip


def make_list(recipes, folder):
    """Clips whose numbers go on from one to the next: the whole list counts from 0."""
    clips, first = [], 0
    for width, height, fps, seconds, codec in recipes:
        clips.append(make(Clip(width, height, fps, seconds, codec, first), folder))
        first += fps * seconds
    assert first <= 1 << BITS, f"{first} pictures do not fit into {BITS} bits"
    return clips
