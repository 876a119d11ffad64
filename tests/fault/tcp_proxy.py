#!/usr/bin/env python3
"""tcp_proxy.py: a network between a master and its players that does what networks do, on order.

  tcp_proxy.py --listen 7550 --to 127.0.0.1:5550 [--ports 4]

Listens on LISTEN, LISTEN+1... of 127.0.0.1 and carries each connection on to the same port of the master's. Orders, one a line on
standard input, hold for all connections, those that are there and those to come:

  pass              carries everything on, at once
  delay MS          ... MS milliseconds later, in order
  half-open up      what the player sends stays on the way, silently; the connections stay up. `half-open down`: what the master sends
  blackhole         both; new connections are taken, and nothing is carried on from them
  reset             ends every connection with RST, then passes
  dribble           one byte at a time, each in a packet of its own
  corrupt           changes one bit of a byte in each piece
  drop              loses every other piece: no TCP does that, but broken middle boxes do
  status            prints how many connections there are, and how many bytes went through

What stayed on the way under `half-open` and `blackhole` comes late once it passes again. What was corrupted or lost must be noticed
by whoever reads it. As a module: Proxy(listen, host, to, ports) with order("delay 200"), status() and close().
"""
import argparse, collections, json, random, selectors, socket, struct, sys, threading, time

PIECE = 65536
MOST_ON_THE_WAY = 4 << 20  # of one direction; then the proxy reads no more, as a full router does


class Direction:
    """Bytes from one socket to another."""

    def __init__(self, source, target):
        self.source, self.target = source, target
        self.waiting = collections.deque()  # (when it may go on, bytes)
        self.size = 0
        self.ended = False  # the source has no more

    def put(self, due, piece):
        self.waiting.append((due, piece))
        self.size += len(piece)


class Connection:
    def __init__(self, client, master):
        self.client, self.master = client, master
        self.up, self.down = Direction(client, master), Direction(master, client)
        self.connected = False

    def sockets(self):
        return (self.client, self.master)

    def directions(self):
        return (self.up, self.down)


class Proxy:
    """A thread of its own. order() and status(): any thread; the order holds when order() returns."""

    def __init__(self, listen, host, to, ports=4, seed=0):
        self.port, self.chance = listen, random.Random(seed)
        self.selector = selectors.DefaultSelector()
        self.connections, self.carried = set(), 0
        self.mode, self.argument = "pass", None
        self.orders, self.lock = collections.deque(), threading.Lock()
        self.wake_read, self.wake_write = socket.socketpair()
        self.wake_read.setblocking(False)
        self.selector.register(self.wake_read, selectors.EVENT_READ, None)
        self.listeners = []
        for offset in range(ports):
            listener = socket.socket()
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(("127.0.0.1", listen + offset))
            listener.listen(256)
            listener.setblocking(False)
            self.selector.register(listener, selectors.EVENT_READ, (host, to + offset))
            self.listeners.append(listener)
        self.closing = False
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def order(self, text):
        done = threading.Event()
        with self.lock:
            self.orders.append((text, done))
        self.wake_write.send(b"!")
        done.wait()

    def status(self):
        return {"mode": self.mode, "connections": len(self.connections), "carried": self.carried}

    def close(self):
        self.order("close")
        self.thread.join()

    # From here on: the proxy's thread.

    def run(self):
        while not self.closing:
            for key, mask in self.selector.select(self.next_due()):
                if key.fileobj is self.wake_read:
                    self.take_orders()
                elif key.fileobj in self.listeners:
                    self.accept(key.fileobj, key.data)
                elif key.data in self.connections:
                    self.serve(key.data, key.fileobj, mask)
            for connection in list(self.connections):
                self.carry(connection)
        for connection in list(self.connections):
            self.end(connection, with_reset=True)
        for listener in self.listeners:
            listener.close()
        self.selector.close()

    def next_due(self):
        now = time.monotonic()
        # Dribbled bytes follow one another at once, but in steps of their own.
        if self.mode == "dribble" and any(d.waiting for c in self.connections for d in c.directions()):
            return 0.0005
        due = [d.waiting[0][0] for c in self.connections for d in c.directions() if d.waiting and self.passes(c, d)]
        later = [at for at in due if at > now]
        return max(0.0, min(later) - now) if later else None

    def take_orders(self):
        try:
            self.wake_read.recv(4096)
        except BlockingIOError:
            pass
        while True:
            with self.lock:
                if not self.orders:
                    return
                text, done = self.orders.popleft()
            verb, _, argument = text.partition(" ")
            if verb == "close":
                self.closing = True
            elif verb == "reset":
                self.mode, self.argument = "pass", None
                for connection in list(self.connections):
                    self.end(connection, with_reset=True)
            elif verb in ("pass", "delay", "half-open", "blackhole", "dribble", "corrupt", "drop"):
                self.mode, self.argument = verb, argument
            else:
                print(f"tcp_proxy: what is '{text}'? See --help", file=sys.stderr)
            for connection in list(self.connections):
                self.watch(connection)
            done.set()

    def accept(self, listener, target):
        try:
            client, _ = listener.accept()
        except OSError:
            return
        client.setblocking(False)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        master = socket.socket()
        master.setblocking(False)
        master.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        master.connect_ex(target)
        connection = Connection(client, master)
        self.connections.add(connection)
        for one in connection.sockets():
            self.selector.register(one, selectors.EVENT_READ, connection)
        self.watch(connection)

    def passes(self, connection, direction):
        if self.mode == "blackhole":
            return False
        if self.mode == "half-open":
            return direction is not (connection.up if self.argument == "up" else connection.down)
        return True

    def watch(self, connection):
        """What is waited for, of each of its sockets."""
        now = time.monotonic()
        for one in connection.sockets():
            out = connection.down if one is connection.client else connection.up
            into = connection.up if one is connection.client else connection.down
            mask = 0
            if not into.ended and into.size < MOST_ON_THE_WAY and self.passes(connection, into):
                mask |= selectors.EVENT_READ
            ready = out.waiting and out.waiting[0][0] <= now and self.passes(connection, out) and self.mode != "dribble"
            if ready or (one is connection.master and not connection.connected):
                mask |= selectors.EVENT_WRITE
            registered = one.fileno() in self.selector.get_map()
            if mask and registered:
                self.selector.modify(one, mask, connection)
            elif mask:
                self.selector.register(one, mask, connection)
            elif registered:
                self.selector.unregister(one)

    def serve(self, connection, one, mask):
        if one is connection.master and not connection.connected and mask & selectors.EVENT_WRITE:
            if one.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) != 0:
                return self.end(connection, with_reset=True)
            connection.connected = True
        if mask & selectors.EVENT_READ:
            direction = connection.up if one is connection.client else connection.down
            try:
                piece = one.recv(PIECE)
            except (BlockingIOError, InterruptedError):
                return
            except OSError:
                return self.end(connection, with_reset=True)
            if not piece:
                direction.ended = True
            else:
                self.take(direction, piece)

    def take(self, direction, piece):
        due = time.monotonic()
        if self.mode == "delay":
            due += float(self.argument) / 1000
        if direction.waiting:
            due = max(due, direction.waiting[-1][0])
        if self.mode == "corrupt":
            piece = bytearray(piece)
            piece[self.chance.randrange(len(piece))] ^= 1 << self.chance.randrange(8)
            piece = bytes(piece)
        if self.mode == "drop" and self.chance.random() < 0.5:
            return
        direction.put(due, piece)

    def carry(self, connection):
        if connection not in self.connections:
            return
        now = time.monotonic()
        for direction in connection.directions():
            if direction is connection.up and not connection.connected:
                continue
            while direction.waiting and direction.waiting[0][0] <= now and self.passes(connection, direction):
                due, piece = direction.waiting[0]
                try:
                    sent = direction.target.send(piece[:1] if self.mode == "dribble" else piece)
                except (BlockingIOError, InterruptedError):
                    break
                except OSError:
                    return self.end(connection, with_reset=True)
                self.carried += sent
                direction.size -= sent
                if sent == len(piece):
                    direction.waiting.popleft()
                else:
                    direction.waiting[0] = (due, piece[sent:])
                if self.mode == "dribble":
                    break
            if direction.ended and not direction.waiting:
                return self.end(connection, with_reset=False)
        self.watch(connection)

    def end(self, connection, with_reset):
        self.connections.discard(connection)
        for one in connection.sockets():
            if one.fileno() in self.selector.get_map():
                self.selector.unregister(one)
            if with_reset:
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            one.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--listen", type=int, required=True)
    parser.add_argument("--to", required=True, help="HOST:PORT, the master's first port")
    parser.add_argument("--ports", type=int, default=4)
    args = parser.parse_args()
    host, _, port = args.to.rpartition(":")
    proxy = Proxy(args.listen, host, int(port), args.ports)
    for line in sys.stdin:
        text = line.strip()
        if text == "status":
            print(json.dumps(proxy.status()), flush=True)
        elif text:
            proxy.order(text)
    proxy.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
