"""Senders of live streams on loopback, each of one numbered clip around and around (numbered_clips.py), that can be ended and begun again
on the same port. They end with the process that made them: ffmpeg by its pipe or signal, threads as daemons."""
import functools, http.server, os, shutil, signal, socket, socketserver, subprocess, tempfile, threading, time

from kill_master import end_processes, free_port

QUIET = ["ffmpeg", "-nostdin", "-loglevel", "error", "-y"]


def die_with_parent():
    """In a child: Linux ends it when we end, however that comes."""
    import ctypes
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def ffmpeg(*arguments, **more):
    return subprocess.Popen([*QUIET, *arguments], preexec_fn=die_with_parent, stderr=subprocess.DEVNULL, **more)


def around(clip, rate="1"):
    return ["-readrate", rate, "-stream_loop", "-1", "-i", clip.file]


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, port, handler):
        self.open = set()
        super().__init__(("127.0.0.1", port), handler)
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def process_request(self, request, address):
        self.open.add(request)
        super().process_request(request, address)

    def shutdown_request(self, request):
        self.open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, *_):
        pass  # a player that went away

    def stop(self):
        self.shutdown()
        self.server_close()
        for one in list(self.open):
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def serve_folder(folder, port=0):
    return Server(port, functools.partial(QuietHandler, directory=folder))


class Hls:
    """A live playlist of the last five segments of a second."""

    def __init__(self, clip, rate="1"):
        self.clip, self.rate, self.port = clip, rate, free_port()
        self.address = f"http://127.0.0.1:{self.port}/live.m3u8"

    def start(self):
        self.folder = tempfile.mkdtemp(prefix="hallcast-hls-")
        playlist = os.path.join(self.folder, "live.m3u8")
        self.sender = ffmpeg(*around(self.clip, self.rate), "-c", "copy", "-f", "hls", "-hls_time", "1", "-hls_list_size", "5",
                             "-hls_flags", "delete_segments", playlist)
        while not os.path.exists(playlist):
            assert self.sender.poll() is None, "ffmpeg makes no playlist"
            time.sleep(0.02)  # between two looks at a folder
        self.server = serve_folder(self.folder, self.port)

    def stop(self):
        self.server.stop()
        end_processes(self.sender)
        shutil.rmtree(self.folder, ignore_errors=True)


class HttpTs:
    """MPEG-TS as an endless answer, to each who asks from the clip's beginning on."""

    def __init__(self, clip, rate="1"):
        self.clip, self.rate, self.port = clip, rate, free_port()
        self.address = f"http://127.0.0.1:{self.port}/live.ts"

    def start(self):
        sent, self.senders = self, []

        class Handler(QuietHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Type", "video/mp2t")
                self.end_headers()
                sender = ffmpeg(*around(sent.clip, sent.rate), "-c", "copy", "-f", "mpegts", "-", stdout=self.connection.fileno())
                sent.senders.append(sender)
                sender.wait()

        self.server = Server(self.port, Handler)

    def stop(self):
        self.server.stop()
        end_processes(*self.senders)


class UdpTs:
    def __init__(self, clip, rate="1"):
        self.clip, self.rate = clip, rate
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.address = f"udp://127.0.0.1:{self.port}"

    def start(self):
        self.sender = ffmpeg(*around(self.clip, self.rate), "-c", "copy", "-f", "mpegts", self.address + "?pkt_size=1316")

    def stop(self):
        end_processes(self.sender)


class Rtsp:
    """As much of RTSP (RFC 2326) as a player needs: pictures over RTP, interleaved in its one connection. ffmpeg makes the packets."""

    def __init__(self, clip, rate="1"):
        self.clip, self.rate, self.port = clip, rate, free_port()
        self.address = f"rtsp://127.0.0.1:{self.port}/live"

    def start(self):
        self.packets = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.packets.bind(("127.0.0.1", 0))
        self.folder = tempfile.mkdtemp(prefix="hallcast-rtsp-")
        described = os.path.join(self.folder, "sdp")
        self.sender = ffmpeg(*around(self.clip, self.rate), "-an", "-c:v", "copy", "-f", "rtp", "-sdp_file", described,
                             f"rtp://127.0.0.1:{self.packets.getsockname()[1]}?rtcpport={free_port()}")
        self.packets.recv(65536)  # by then it has said what it sends
        with open(described) as file:
            self.sdp = "".join(line + "\r\n" for line in file.read().split("\n") if line and not line.startswith("SDP:"))
        self.players, self.lock = set(), threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", self.port), reuse_port=False)
        threading.Thread(target=self.accept, daemon=True).start()
        threading.Thread(target=self.relay, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.answer, args=(connection,), daemon=True).start()

    def answer(self, connection):
        try:
            with connection, connection.makefile("rb") as asked:
                while True:
                    begin = asked.read(1)
                    if begin == b"$":  # the player's reports
                        asked.read(int.from_bytes(asked.read(3)[1:], "big"))
                        continue
                    lines = [(begin + asked.readline()).decode(errors="replace").strip()]
                    if not lines[0]:
                        return
                    while line := asked.readline().strip():
                        lines.append(line.decode(errors="replace"))
                    head = {name.lower(): value.strip() for name, _, value in (one.partition(":") for one in lines[1:])}
                    method = lines[0].split(" ")[0]
                    more, body = "", ""
                    if method == "DESCRIBE":
                        body, more = self.sdp, f"Content-Base: {self.address}/\r\nContent-Type: application/sdp\r\nContent-Length: {len(self.sdp)}\r\n"
                    if method == "SETUP":
                        more = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n"
                    if method == "OPTIONS":
                        more = "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN\r\n"
                    with self.lock:
                        connection.sendall(f"RTSP/1.0 200 OK\r\nCSeq: {head.get('cseq', '0')}\r\nSession: 1\r\n{more}\r\n{body}".encode())
                        if method == "PLAY":
                            self.players.add(connection)
                    if method == "TEARDOWN":
                        return
        except OSError:
            pass
        finally:
            with self.lock:
                self.players.discard(connection)

    def relay(self):
        while True:
            try:
                packet = self.packets.recv(65536)
            except OSError:
                return
            if not packet:
                return
            with self.lock:
                for player in list(self.players):
                    try:
                        player.sendall(b"$\0" + len(packet).to_bytes(2, "big") + packet)
                    except OSError:
                        self.players.discard(player)

    def stop(self):
        end_processes(self.sender)
        with self.lock:
            for player in self.players:
                player.shutdown(socket.SHUT_RDWR)
        for one in (self.listener, self.packets):
            try:
                one.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits on it
            except OSError:
                pass
            one.close()
        shutil.rmtree(self.folder, ignore_errors=True)


KINDS = {"hls": Hls, "http": HttpTs, "udp": UdpTs, "rtsp": Rtsp}
