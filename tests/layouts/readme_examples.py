#!/usr/bin/env python3
"""readme_examples.py --program HALLCAST [--write]: every ```yaml block of layouts/README.md is a layout that
`hallcast layout check` finds right, and the picture named after it is what a screen with it shows. With --write the pictures
are made anew (layouts/pictures). Skipped (77) without ffmpeg.
"""
import argparse
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / "layouts"
STATE = ROOT / "tests/screen/hall-state.json"
LARGEST = 30 * 1024  # bytes of a picture
# Of a picture's pixels: fonts and their rendering differ a little between machines, layouts do not.
MOST_DIFFERENT = 0.05


def logo(path):
    """A white ring on blue, 128 x 128, with what is around it transparent."""
    rows = b""
    for y in range(128):
        rows += b"\0"
        for x in range(128):
            far = ((x - 63.5) ** 2 + (y - 63.5) ** 2) ** 0.5
            rows += bytes([255, 255, 255, 255] if 30 < far < 46 else [29, 78, 137, 255] if far < 62 else [0, 0, 0, 0])

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 128, 128, 8, 6, 0, 0, 0)) +
                     chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def run(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(str(part) for part in command)}: {done.returncode}\n"
                           f"{done.stdout.decode(errors='replace')}{done.stderr.decode(errors='replace')}")
    return done.stdout


def pixels(picture):
    return run("ffmpeg", "-loglevel", "error", "-i", picture, "-f", "rawvideo", "-pix_fmt", "rgb24", "-")


def difference(one, other):
    """Share of the pixels that are clearly different."""
    a, b = pixels(one), pixels(other)
    if len(a) != len(b):
        return 1.0
    count = sum(1 for at in range(0, len(a), 3)
                if abs(a[at] - b[at]) + abs(a[at + 1] - b[at + 1]) + abs(a[at + 2] - b[at + 2]) > 120)
    return 3 * count / len(a)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--program", required=True)
    options.add_argument("--write", action="store_true")
    options = options.parse_args()
    if not shutil.which("ffmpeg"):
        print("readme_examples.py: skipped, no ffmpeg")
        sys.exit(77)
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    blocks = list(re.finditer(r"^```yaml\n(.*?)^```\n(?:\n(?:!\[[^]]*\]\(pictures/[\w-]+\.png\) ?)+)?", text, re.M | re.S))
    faults, shown = [], set()
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        logo(work / "logo.png")
        for number, block in enumerate(blocks, 1):
            file = work / f"example-{number}.yaml"
            # Lines count as in the README, so that a mistake is found there.
            file.write_text("\n" * text.count("\n", 0, block.start(1)) + block.group(1), encoding="utf-8")
            try:
                run(options.program, "layout", "check", file)
            except RuntimeError as error:
                faults.append(str(error))
                continue
            for name in re.findall(r"\(pictures/([\w-]+)\.png\)", block.group(0)):
                shown.add(name)
                size = "360x640" if name.endswith("-portrait") else "640x360"
                made, kept = work / f"{name}.png", FOLDER / "pictures" / f"{name}.png"
                run(options.program, "layout", "render", "--layout", file, "--state", STATE, "--size", size, "-o", made)
                if options.write:
                    kept.parent.mkdir(exist_ok=True)
                    run("ffmpeg", "-loglevel", "error", "-y", "-i", made, "-vf",
                        "split[a][b];[a]palettegen=max_colors=48:reserve_transparent=0[p];[b][p]paletteuse=dither=none", kept)
                if not kept.exists():
                    faults.append(f"{kept}: is not there; make it with --write")
                    continue
                apart = difference(made, kept)
                print(f"{name}: {kept.stat().st_size} bytes, {100 * apart:.2f} % different")
                if apart > MOST_DIFFERENT:
                    faults.append(f"{kept}: is not what its example shows: {100 * apart:.1f} % differ; make it anew with --write")
                if kept.stat().st_size > LARGEST:
                    faults.append(f"{kept}: has {kept.stat().st_size} bytes, more than {LARGEST}")
    for kept in (FOLDER / "pictures").glob("*.png"):
        if kept.stem not in shown:
            faults.append(f"{kept}: no example shows it")
    if len(blocks) < 5:
        faults.append(f"README.md: only {len(blocks)} examples found")
    print(f"{len(blocks)} examples, {len(shown)} pictures, {len(faults)} faults", *faults, sep="\n")
    sys.exit(1 if faults else 0)


main()
