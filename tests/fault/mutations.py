"""Copies of media files with something wrong in them: bits, ends, boxes."""
import struct

BOXES_WITHIN = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"moof", b"traf", b"mvex", b"dinf", b"udta"}
HEADER = 4096  # where most of a file's promises stand
EVIL_WORDS = [0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFFFFFE, 0x10000, 7, 8]


def boxes(data, begin=0, end=None, depth=0):
    """(offset, size) of an MP4 file's boxes, outer before inner; nothing for other files."""
    end = len(data) if end is None else end
    at = begin
    while at + 8 <= end and depth < 8:
        size = struct.unpack(">I", data[at:at + 4])[0]
        kind = bytes(data[at + 4:at + 8])
        if size < 8 or at + size > end or not kind.isalnum():
            return
        yield at, size
        if kind in BOXES_WITHIN:
            yield from boxes(data, at + 8, at + size, depth + 1)
        at += size


def flip_bits(data, chance, end):
    for _ in range(chance.choice([1, 1, 2, 4, 16, 64])):
        data[chance.randrange(end)] ^= 1 << chance.randrange(8)
    return "flipped bits"


def cut(data, chance):
    del data[chance.randrange(len(data)):]
    return "cut short"


def blank(data, chance):
    begin = chance.randrange(len(data))
    end = min(len(data), begin + chance.choice([16, 256, 4096, 65536]))
    data[begin:end] = bytes([chance.choice([0, 0xFF])]) * (end - begin)
    return "a stretch blanked"


def lose_or_repeat(data, chance):
    begin = chance.randrange(len(data))
    end = min(len(data), begin + chance.choice([1, 8, 188, 1000, 40000]))
    if chance.random() < 0.5:
        del data[begin:end]
        return "a stretch lost"
    data[begin:begin] = data[begin:end]
    return "a stretch repeated"


def edit_box(data, chance):
    found = list(boxes(data))
    if not found:
        return flip_bits(data, chance, min(len(data), HEADER))
    at, size = chance.choice(found)
    kind = bytes(data[at + 4:at + 8]).decode("latin1")
    edit = chance.choice(["size", "name", "word", "word", "word", "lost", "repeated", "moved"])
    if edit == "size":
        data[at:at + 4] = struct.pack(">I", chance.choice([*EVIL_WORDS, (size + chance.randrange(-16, 17)) & 0xFFFFFFFF]))
    elif edit == "name":
        data[at + 4 + chance.randrange(4)] ^= 1 << chance.randrange(8)
    elif edit == "word" and size >= 12:
        # Mostly near its begin, where versions, counts and times stand.
        word = at + 8 + 4 * min(chance.randrange((size - 8) // 4), chance.choice([4, 8, 32, 1 << 30]))
        data[word:word + 4] = struct.pack(">I", chance.choice(EVIL_WORDS))
    elif edit == "lost":
        del data[at:at + size]
    elif edit == "repeated" and size < 1 << 16:
        data[at:at] = data[at:at + size]
    else:
        box = data[at:at + size]
        del data[at:at + size]
        to = chance.choice([other for other, _ in found])
        data[min(to, len(data)):min(to, len(data))] = box
    return f"box {kind}: {edit}"


def mutate(original, chance):
    """(bytes, what was done)."""
    data, done = bytearray(original), []
    for _ in range(chance.choice([1, 1, 1, 2, 3])):
        if len(data) < 16:
            break
        kind = chance.randrange(7)
        if kind == 0:
            done.append(flip_bits(data, chance, len(data)))
        elif kind == 1:
            done.append(flip_bits(data, chance, min(len(data), HEADER)) + " near the begin")
        elif kind == 2:
            done.append(cut(data, chance))
        elif kind == 3:
            done.append(blank(data, chance))
        elif kind == 4:
            done.append(lose_or_repeat(data, chance))
        else:
            done.append(edit_box(data, chance))
    return bytes(data), ", ".join(done)
