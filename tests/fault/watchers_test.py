#!/usr/bin/env python3
"""watchers_test.py: the watchers see what they are there for; no player is needed. Prints its seed."""
import array, math, os, random, shutil, subprocess, sys, tempfile, time, unittest

import gapless, media_mutations, media_soak, mutations, process_tree, tone
from av_sync import Beeps, Summary, pairs
from numbered_clips import BITS, Clip
from screen_file import NumberPlace, NumberWatch, ScreenFile
from sound_pipe import PAGE, RATE, SoundPipe

SEED = int(time.time())


def sine(frames, frequency=440, height=0.125):
    return array.array("f", (height * math.sin(2 * math.pi * frequency * i / RATE) for i in range(frames)))


class BreaksInATone(unittest.TestCase):
    def test_a_tone_that_goes_on_has_none(self):
        self.assertEqual(tone.breaks(sine(RATE), 440), [])

    def test_nor_has_one_that_goes_slower(self):
        self.assertEqual(tone.breaks(sine(2 * RATE, 435), 440), [])

    def test_nor_has_one_that_goes_faster_and_faster(self):
        sample = 2 * math.pi * 440 / RATE
        samples = array.array("f", (0.125 * math.sin(sample * (i + 0.5 * 0.0015 * max(0, i - RATE) ** 2 / RATE)) for i in range(4 * RATE)))
        self.assertEqual(tone.breaks(samples, 440), [])

    def test_one_lost_sample_is_a_break_wherever_it_is(self):
        chance = random.Random(SEED)
        for _ in range(20):
            samples, at = sine(2 * RATE), chance.randrange(RATE // 2, RATE * 3 // 2)
            del samples[at]
            found = tone.breaks(samples, 440)
            self.assertEqual(len(found), 1, f"at {at}")
            self.assertAlmostEqual(found[0].late * RATE, -1, delta=0.5, msg=f"at {at}")

    def test_a_silent_millisecond_is_one_break_of_that_length(self):
        samples = sine(RATE)
        samples[10000:10050] = array.array("f", [0.0] * 50)
        found = tone.breaks(samples, 440)
        self.assertEqual(len(found), 1)
        self.assertGreater(found[0].seconds, 0.001)

    def test_a_repeated_block_is_a_break(self):
        samples = sine(RATE)
        samples[10000:10000] = samples[9040:10000]
        self.assertEqual(len(tone.breaks(samples, 440)), 1)


class PicturesInOrder(unittest.TestCase):
    LENGTHS = [5, 4, 6]

    def judged(self, numbers, blind=()):
        return gapless.Judgement([(float(i), n) for i, n in enumerate(numbers)], self.LENGTHS, blind)

    def test_two_loops_are_in_order(self):
        judged = self.judged([n % 15 for n in range(31)])
        self.assertEqual((judged.disorder, judged.missed, judged.joins), ([], [], 6))

    def test_a_picture_that_comes_back_is_disorder(self):
        self.assertEqual(len(self.judged([0, 1, 2, 1, 2, 3]).disorder), 1)

    def test_a_missed_picture_at_a_join_is_told_apart(self):
        judged = gapless.Judgement([(i, n) for i, n in enumerate([0, 1, 2, 4, 5])], [20, 20])
        self.assertEqual((judged.missed, judged.missed_at_joins), ([3], []))
        judged = gapless.Judgement([(i, n) for i, n in enumerate([17, 18, 20, 21])], [20, 20])
        self.assertEqual((judged.missed, judged.missed_at_joins), ([19], [19]))

    def test_what_nobody_looked_at_is_not_missed(self):
        judged = self.judged([0, 1, 3, 4], blind=[(1.1, 1.9)])
        self.assertEqual((judged.missed, judged.unseen), ([], 1))


class PaintedScreen(ScreenFile):
    """A framebuffer that the test paints."""

    def __init__(self, width, height):
        self.width, self.height, self.stride, self.base = width, height, 4 * width, 0
        self.bytes = bytearray(4 * width * height)

    def fill(self, x, y, width, height, bgr):
        for row in range(y, y + height):
            self.bytes[self.offset(x, row):self.offset(x + width, row)] = bytes([*bgr, 0]) * width

    def show(self, left, block, number):
        self.fill(0, 0, self.width, self.height, (120, 90, 60))
        colours = [(255, 255, 255) if number >> bit & 1 else (0, 0, 0) for bit in range(BITS)] + [(0, 215, 0), (255, 39, 255)]
        for i, colour in enumerate(colours):
            self.fill(left + i * block, 0, block, block, colour)


class CopiedScreen(PaintedScreen):
    """One into which another is copied while it is read: before the read of a number, as far as `progress` says."""

    def __init__(self, screen, new, progress):
        super().__init__(screen.width, screen.height)
        self.bytes, self.old, self.new, self.progress, self.reads = self, screen.bytes, new.bytes, progress, 0

    def __getitem__(self, at):
        if self.reads in self.progress:
            self.old[:self.progress[self.reads]] = self.new[:self.progress[self.reads]]
        self.reads += 1
        return self.old[at]


class NumbersOnTheScreen(unittest.TestCase):
    # One clip fills the zone; the other is narrower, so that its row lies elsewhere.
    CLIPS = [Clip(320, 180, 25, 2, first=0), Clip(240, 180, 25, 2, first=50)]

    def setUp(self):
        self.screen = PaintedScreen(320, 180)
        self.watch = NumberWatch(self.screen, (0, 0, 320, 180), self.CLIPS)

    def test_each_clips_numbers_are_read_where_its_row_is(self):
        for moment, (left, block, number) in enumerate([(0, 10, 3), (0, 10, 49), (40, 7, 50), (40, 7, 99), (0, 10, 0)]):
            self.screen.show(left, block, number)
            self.watch.look(moment * 0.001)
        self.assertEqual([number for _, number in self.watch.seen], [3, 49, 50, 99, 0])

    def test_a_picture_that_is_half_copied_has_no_number(self):
        self.screen.show(0, 10, 15)
        half = PaintedScreen(320, 180)
        half.show(0, 10, 16)
        # The first three lines of the new picture, and of the fourth what bits 0 and 1 are in: it would read 12.
        copied = 3 * self.screen.stride + 4 * 20
        self.screen.bytes[:copied] = half.bytes[:copied]
        self.watch.look(0.0)
        self.assertEqual(self.watch.seen, [])

    def test_a_picture_that_is_copied_while_it_is_read_has_no_number(self):
        # 305 to 306: where bit 0 is the new picture's and the others are the old one's, the row says 304. The server is there in the
        # upper line while that is read, and just as far in the lower one when the watcher gets to it.
        self.screen.show(0, 10, 5)
        new = PaintedScreen(320, 180)
        new.show(0, 10, 6)
        torn = [new.offset(10, row) for row in (3, 7)]
        read = NumberPlace(CopiedScreen(self.screen, new, {0: torn[0], BITS + 2: torn[1]}), (0, 0, 320, 180), self.CLIPS[0])
        self.assertIn(read.read(), (None, 5, 6))

    def test_whatever_the_copys_pace_only_whole_pictures_have_a_number(self):
        chance, whole = random.Random(SEED), 0
        row = 4 * 320
        for _ in range(3000):
            before, after = chance.choice([(n, n + 1) for n in range(49)] + [(49, 0)])
            old, new = PaintedScreen(320, 10), PaintedScreen(320, 10)
            old.show(0, 10, before)
            new.show(0, 10, after)
            # Up to each read the copy goes on to any place in the two lines that are read, or not at all.
            places = sorted(chance.choice((3, 7)) * row + chance.randrange(14 * 10) * 4 for _ in range(chance.randrange(1, 8)))
            begins = sorted(chance.sample(range(4 * (BITS + 2)), len(places)))
            read = NumberPlace(CopiedScreen(old, new, dict(zip(begins, places))), (0, 0, 320, 180), self.CLIPS[0]).read()
            self.assertIn(read, (None, before, after), f"seed {SEED}: copied to {places} before reads {begins}")
            whole += read is not None
        self.assertGreater(whole, 300)

    def test_a_black_zone_is_seen_once_something_was_shown(self):
        self.watch.look(0.0)
        self.assertEqual(self.watch.black, [])
        self.screen.show(0, 10, 7)
        self.watch.look(0.001)
        self.screen.fill(0, 0, 320, 180, (0, 0, 0))
        for moment in (0.002, 0.003, 0.004):
            self.watch.look(moment)
        self.assertEqual(self.watch.black, [(0.002, 0.004)])

    def test_who_looks_away_knows_it(self):
        self.watch.look(0.0)
        self.watch.look(0.05)
        self.assertEqual(self.watch.blind, [(0.0, 0.05)])


class FlashAndBeep(unittest.TestCase):
    def test_beeps_are_found_to_the_sample(self):
        samples = array.array("f", [0.0] * 3 * RATE)
        for second in (1, 2):
            samples[second * RATE:second * RATE + 4800] = sine(4800, 1000, 0.5)
        beeps = Beeps()
        for begin in range(0, len(samples), 1111):
            beeps.hear(samples[begin:begin + 1111])
        self.assertEqual([at // 10 for at in beeps.at], [RATE // 10, 2 * RATE // 10])

    def test_a_flash_has_its_own_beep_or_none(self):
        self.assertEqual([round(offset, 3) for _, offset in pairs([1.01, 2.99, 7.0], [1.0, 2.0, 3.0])], [0.01, -0.01])


class SoundInAPipe(unittest.TestCase):
    """The driver: a program that writes as fast as the pipe takes it, as SDL's does when it is told not to sleep."""

    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        self.pipe = SoundPipe(self.folder)
        self.addCleanup(self.pipe.close)

    def listen(self, frames):
        end = time.monotonic() + 30
        while len(self.pipe.samples) < frames and time.monotonic() < end:
            self.pipe.wait(0.01)

    def test_is_taken_at_a_devices_pace_and_none_is_lost(self):
        seconds = 2
        writer = subprocess.Popen([sys.executable, "-c", f"import array,sys; f=open({self.pipe.path!r},'wb'); "
                                   f"[f.write(array.array('f',[i,i])) for i in range({seconds * RATE})]"])
        self.addCleanup(writer.wait)
        self.listen(seconds * RATE // PAGE * PAGE)
        self.assertEqual(list(self.pipe.samples), list(range(seconds * RATE // PAGE * PAGE)))
        self.assertIsNone(self.pipe.heard_at(seconds * RATE))
        if self.pipe.dry == 0:  # else the writer was kept from writing
            taken = self.pipe.heard_at(seconds * RATE - RATE // 10)[0] - self.pipe.heard_at(RATE // 10)[0]
            self.assertAlmostEqual(taken, seconds - 0.2, places=6)
            self.assertAlmostEqual(self.pipe.pace(), 1, places=6)

    def test_a_driver_that_comes_late_is_told(self):
        with open(self.pipe.path, "wb", buffering=0) as driver:
            patience, end = PAGE / RATE, time.monotonic() + 30
            while self.pipe.dry == 0 and time.monotonic() < end:
                driver.write(bytes(8 * PAGE))
                self.listen(len(self.pipe.samples) + PAGE)
                patience *= 2  # the device may have been kept from looking, too
                late = time.monotonic() + patience
                while time.monotonic() < late:
                    self.pipe.wait(late - time.monotonic())
        self.assertGreater(self.pipe.dry, 0)


class PlayersOfBrokenFiles(unittest.TestCase):
    def test_one_that_crashes_is_told_and_started_again(self):
        player = media_mutations.Player(["sh", "-c", "read file; kill -SEGV $$"])
        self.assertEqual([player.play("a")[0], player.play("b")[0]], ["crashed", "crashed"])

    def test_one_that_hangs_is_ended(self):
        player = media_mutations.Player(["sh", "-c", "read file; exec sleep 60"])
        self.assertEqual(player.play("a", patience=0.3)[0], "hung")
        self.assertIsNone(player.process)


class ProcessTrees(unittest.TestCase):
    def test_children_count(self):
        child = subprocess.Popen(["sh", "-c", "sleep 60 & echo there; wait"], stdout=subprocess.PIPE)
        try:
            child.stdout.readline()
            tree = process_tree.pids(child.pid)
            self.assertEqual(len(tree), 2)
            self.assertEqual(process_tree.threads(child.pid), 2)
            self.assertGreater(process_tree.memory_mib(child.pid)[0], 0)
        finally:
            for pid in tree:
                os.kill(pid, 9)
            child.wait()
            child.stdout.close()


class Soak(unittest.TestCase):
    def test_growth_shows_through_decoders_that_come_and_go(self):
        chance = random.Random(SEED)
        # In each minute a moment without the decoders of the next clips, as the soak's playlist has it.
        decoders = [extra for _ in range(60) for extra in chance.sample([0, 12, 20, 0, 12, 20], 6)]
        samples = [media_soak.Sample(i / 6, 0, 0, 80 + 2 * i / 360 + extra, 50, 20, 0, 0) for i, extra in enumerate(decoders)]
        slope = media_soak.slope_per_hour(media_soak.lowest_of_minutes(samples, lambda s: s.own))
        self.assertAlmostEqual(slope, 2, delta=1, msg=f"seed {SEED}")

    def test_a_burst_of_late_pictures_is_found(self):
        samples = [media_soak.Sample(i, 0, 0, 0, 0, 0, late, 0) for i, late in enumerate([0, 1, 2, 60, 61])]
        self.assertEqual(media_soak.bursts(samples, 30), [(3, 58)])


class Mutations(unittest.TestCase):
    def test_a_seed_makes_the_same_copy_again(self):
        original = bytes(range(256)) * 40
        for number in range(50):
            copies = [mutations.mutate(original, random.Random(SEED + number)) for _ in range(2)]
            self.assertEqual(copies[0], copies[1])
            self.assertTrue(copies[0][1])

    def test_boxes_are_found_outer_before_inner(self):
        inner = b"\0\0\0\x10trak" + bytes(8)
        outer = b"\0\0\0\x18moov" + inner
        self.assertEqual(list(mutations.boxes(b"\0\0\0\x08free" + outer)), [(0, 8), (8, 24), (16, 16)])


if __name__ == "__main__":
    print(f"seed {SEED}", flush=True)
    sys.exit(0 if unittest.main(exit=False).result.wasSuccessful() else 1)
