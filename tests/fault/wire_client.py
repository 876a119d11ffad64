"""A clerk of the fault tests: commands over ZeroMQ, the same bytes again and again until their answer comes.

Only what these tests need, and from the contract (protocol/README.md) alone: it shares no code with hallcast's own clients."""
import os, random, subprocess, sys, tempfile, time

import zmq

_generated = None


def messages(source):
    """The generated modules of the .proto files under `source`/protocol, by name: messages(source)["queue"].Command()."""
    global _generated
    if _generated is None:
        folder = tempfile.mkdtemp(prefix="hallcast-proto-")
        root = os.path.join(source, "protocol")
        names = [n for n in sorted(os.listdir(os.path.join(root, "hallcast", "v1"))) if n.endswith(".proto")]
        subprocess.run(["protoc", f"--proto_path={root}", f"--python_out={folder}", *("hallcast/v1/" + n for n in names)], check=True)
        sys.path.insert(0, folder)
        import importlib
        _generated = {n[:-6]: importlib.import_module(f"hallcast.v1.{n[:-6]}_pb2") for n in names}
    return _generated


def credentials(file):
    """(master's public key, own public key, own secret key) of a credentials file."""
    found = {}
    for line in open(file, encoding="ascii"):
        name, _, value = line.strip().partition(":")
        found[name] = value.strip().strip('"').strip("'")
    return tuple(found[name].encode() for name in ("master", "public", "secret"))


def connect(context, kind, endpoint, keys):
    one = context.socket(kind)
    one.linger = 0
    one.curve_serverkey, one.curve_publickey, one.curve_secretkey = keys
    one.setsockopt(zmq.HEARTBEAT_IVL, 500)
    one.setsockopt(zmq.HEARTBEAT_TIMEOUT, 1500)
    one.setsockopt(zmq.RECONNECT_IVL, 50)
    one.setsockopt(zmq.RECONNECT_IVL_MAX, 500)
    one.connect(endpoint)
    return one


class Clerk:
    """One thread at a time. Sends to `endpoint`, the master's third port."""

    def __init__(self, context, endpoint, keys, source, seed):
        self.context, self.endpoint, self.keys = context, endpoint, keys
        self.proto, self.chance = messages(source)["queue"], random.Random(seed)
        self.socket = None

    def command(self, action, **fields):
        made = self.proto.Command(cmd_id=os.urandom(16), actor="fault test", version=1)
        one = getattr(made, action)
        one.SetInParent()
        for name, value in fields.items():
            setattr(one, name, value)
        return made

    def send(self, command, stop):
        """The reply, or None when stop() said so before it came. UNAVAILABLE is no answer: it is asked again."""
        data = command.SerializeToString()
        tries = 0
        while not stop():
            if self.socket is None:
                self.socket = connect(self.context, zmq.DEALER, self.endpoint, self.keys)
            tries += 1
            try:
                self.socket.send_multipart([b"", data], zmq.DONTWAIT)
            except zmq.Again:
                pass
            limit = time.monotonic() + self.chance.uniform(0.3, 0.6) * min(tries, 3)
            while (left := limit - time.monotonic()) > 0:
                if not self.socket.poll(left * 1000):
                    break
                reply = self.proto.CommandReply.FromString(self.socket.recv_multipart()[-1])
                if reply.cmd_id != command.cmd_id:
                    continue
                if reply.rejection.code == self.proto.Rejection.UNAVAILABLE:
                    time.sleep(min(0.2, max(0, left)))  # the pace of asking a master that cannot, not a wait for it
                    break
                return reply
            if tries % 4 == 0:  # libzmq never tries again after a refused handshake: a new socket does
                self.socket.close()
                self.socket = None
        return None
