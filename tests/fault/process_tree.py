"""What a process and all its descendants cost, as Linux counts it."""
import os

TICK = os.sysconf("SC_CLK_TCK")


def pids(root):
    """The process and its descendants that are there now."""
    children = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/stat") as file:
                    parent = int(file.read().rsplit(")", 1)[1].split()[1])
            except OSError:
                continue  # it ended meanwhile
            children.setdefault(parent, []).append(int(entry))
    found, queue = [], [root]
    while queue:
        found.append(queue.pop())
        queue += children.get(found[-1], [])
    return found


def cpu_seconds(root):
    """User and system time of the tree, of children that ended and were waited for too."""
    ticks = 0
    for pid in pids(root):
        try:
            with open(f"/proc/{pid}/stat") as file:
                ticks += sum(int(field) for field in file.read().rsplit(")", 1)[1].split()[11:15])
        except OSError:
            pass
    return ticks / TICK


def memory_mib(root):
    """(resident, proportional, own) of the tree: shared pages are counted for each process in the first, once in the others. The
    last leaves out what is read from files, whose share changes when programs that have nothing to do with us begin and end."""
    sums = {"Rss:": 0, "Pss:": 0, "Pss_Anon:": 0, "Pss_Shmem:": 0}
    for pid in pids(root):
        try:
            with open(f"/proc/{pid}/smaps_rollup") as file:
                for line in file:
                    name, *rest = line.split()
                    if name in sums:
                        sums[name] += int(rest[0])
        except OSError:
            pass
    return sums["Rss:"] / 1024, sums["Pss:"] / 1024, (sums["Pss_Anon:"] + sums["Pss_Shmem:"]) / 1024


def descriptors(root):
    return sum(_entries(f"/proc/{pid}/fd") for pid in pids(root))


def threads(root):
    return sum(_entries(f"/proc/{pid}/task") for pid in pids(root))


def _entries(folder):
    try:
        return len(os.listdir(folder))
    except OSError:
        return 0
