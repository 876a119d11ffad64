"""Breaks in a tone that should go on for ever."""
import functools, math
from dataclasses import dataclass
from operator import mul

from sound_pipe import RATE

# Of the tone's height: by so much a sample may differ from what the two before it foretell. A tone that stops differs by more,
# at whatever phase; what AAC makes of one, at a clip's first and last samples, by less (0.025 was measured).
SURPRISE = 0.04
# A tone that jumps by a sample at one of its peaks surprises nobody, but goes on at another phase. In samples. What AAC does to the
# phase of a window is a third of one, and evens out over many. The phase may turn, and turn faster and faster: a player that follows
# another clock plays a little slower or faster, by 0.15 % more or less within a second while it finds out about its device.
JUMP = 0.8
WINDOWS = 10          # to each side, which one parabola with a step in it is laid through
FEWEST_WINDOWS = 6    # near the ends
JOIN_SECONDS = 0.005  # breaks closer than this are one


@dataclass
class Break:
    at: float       # seconds into the samples
    seconds: float  # from the first surprise to the last; 0: it jumped
    late: float     # the tone after it is so much later than before, seconds, within half a period; negative: something is missing


def height(samples):
    """The median of the highest samples of many periods."""
    period = RATE // 100
    peaks = sorted(max(samples[i:i + period]) for i in range(0, len(samples) - period, max(period, len(samples) // 2000)))
    return peaks[len(peaks) // 2] if peaks else 0.0


def surprises(samples, frequency):
    """[first, last] sample of each stretch that is not foretold."""
    foretold = 2 * math.cos(2 * math.pi * frequency / RATE)
    limit = SURPRISE * height(samples)
    found, join = [], int(JOIN_SECONDS * RATE)
    for at in (i for i, (a, b, c) in enumerate(zip(samples, samples[1:], samples[2:])) if not -limit < a - foretold * b + c < limit):
        if found and at - found[-1][1] <= join:
            found[-1][1] = at
        else:
            found.append([at, at])
    return found


def phases(samples, frequency):
    """(samples in a window, phase of the tone in each window after the other, as if it had begun with sample 0)."""
    window = RATE // math.gcd(RATE, frequency)  # whole periods
    step = 2 * math.pi * frequency / RATE
    sines, cosines = [math.sin(step * i) for i in range(window)], [math.cos(step * i) for i in range(window)]
    windows = (samples[i:i + window] for i in range(0, len(samples) - window + 1, window))
    return window, [math.atan2(sum(map(mul, w, cosines)), sum(map(mul, w, sines))) for w in windows]


@functools.cache
def step_weights(before, between, after):
    """What to weigh so many values with, before and after a gap, to get the step there of a parabola with a step, by least squares."""
    places = [*range(-before, 0), *range(between, between + after)]
    middle = (between - 1) / 2
    columns = [[1.0, (x - middle) / WINDOWS, ((x - middle) / WINDOWS) ** 2, float(x >= 0)] for x in places]
    size = len(columns[0])
    # (A'A) y = e, e the step's unit vector; the weights are A y.
    rows = [[sum(c[i] * c[j] for c in columns) for j in range(size)] + [float(i == size - 1)] for i in range(size)]
    for i in range(size):
        pivot = max(range(i, size), key=lambda r: abs(rows[r][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        for other in range(size):
            if other != i:
                factor = rows[other][i] / rows[i][i]
                rows[other] = [x - factor * y for x, y in zip(rows[other], rows[i])]
    solution = [rows[i][size] / rows[i][i] for i in range(size)]
    return [sum(map(mul, c, solution)) for c in columns]


def breaks(samples, frequency):
    """All of them, in order. The samples begin and end within the tone."""
    window, phase = phases(samples, frequency)
    sample = 2 * math.pi * frequency / RATE
    turned = phase[:1]
    for p in phase[1:]:
        turned.append(turned[-1] + math.remainder(p - turned[-1], 2 * math.pi))

    def late(first, last):
        """The tone after these windows against what the windows before them foretell, in samples."""
        before, after = turned[max(0, first - WINDOWS):first], turned[last + 1:last + 1 + WINDOWS]
        if min(len(before), len(after)) < FEWEST_WINDOWS:
            return 0.0
        step = sum(map(mul, step_weights(len(before), last + 1 - first, len(after)), [*before, *after]))
        return math.remainder(-step, 2 * math.pi) / sample

    found = [Break(begin / RATE, (end - begin) / RATE, late(begin // window, end // window) / RATE) for begin, end in surprises(samples, frequency)]
    known = [b.at for b in found]
    near = (WINDOWS + 1) * window / RATE
    jumps = [(k * window / RATE, late(k, k)) for k in range(FEWEST_WINDOWS, len(turned) - FEWEST_WINDOWS)]
    while jumps:
        at, most = max(jumps, key=lambda jump: abs(jump[1]))
        if abs(most) < JUMP:
            break
        if not any(abs(at - other) < near for other in known):
            found.append(Break(at, 0.0, most / RATE))
            known.append(at)
        jumps = [jump for jump in jumps if abs(jump[0] - at) >= near]  # they saw the same one
    return sorted(found, key=lambda b: b.at)
