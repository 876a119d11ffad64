#!/usr/bin/env python3
"""stream_reach.py: playlists that name what no stream may lead to (files, data, lists of files), and senders that are not there.

  stream_reach.py --player build/release/play_files --unwalled build/release/unwalled_decoder

Each playlist is served on loopback and names a film that could be played. Nothing of it may be. The same player with a decoder that has
neither list nor sandbox does play it, or this would test nothing; with one of the two walls a file is out of reach already. Then what is
said of senders that are away, refuse, or are not who they say they are. Exit status: 0, 1.
"""
import argparse, base64, os, shutil, ssl, subprocess, sys

import numbered_clips
from kill_master import free_port
from stream_servers import QuietHandler, Server, serve_folder
from watched_demo import judged

TARGET = "#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:2\n"
CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"


def play(player, addresses, limit=120, trusted=None, **environment):
    """What play_files says of each: (result, pictures, message). `trusted`: a certificate, in place of all that this machine trusts."""
    command = [player, "--pictures", "25"]
    if trusted:
        command = ["unshare", "--mount", "sh", "-c", f'mount --bind "{trusted}" {CERTIFICATES} && exec "$0" "$@"', *command]
    done = subprocess.run(command, input="".join(one + "\n" for one in addresses), capture_output=True, text=True,
                          timeout=limit, env={**os.environ, **environment})
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    assert len(lines) == len(addresses), f"play_files ended early: {done.stdout}{done.stderr}"
    return [(line[0], int(line[1]), line[4]) for line in lines]


def vod(segment, more=""):
    return f"#EXTM3U\n{TARGET}{more}#EXTINF:2,\n{segment}\n#EXT-X-ENDLIST\n"


def hostile_playlists(film):
    with open(film, "rb") as file:
        data = base64.b64encode(file.read()).decode()
    return {"file": vod(f"file://{film}"), "path": vod(film), "data": vod(f"data:video/mp2t;base64,{data}"),
            "concat": vod(f"concat:{film}|{film}"), "subfile": vod(f"subfile,,start,0,end,0,,:{film}"),
            "crypto": vod(f"crypto:{film}"), "map": vod("good.ts", f'#EXT-X-MAP:URI="file://{film}"\n'),
            "variant": f"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1000000\nfile://{film}.m3u8\n",
            "passwd": vod("file:///etc/passwd")}


def check_playlists(player, unwalled, folder, film, base):
    hostile = hostile_playlists(film)
    for name, text in hostile.items():
        with open(os.path.join(folder, name + ".m3u8"), "w") as file:
            file.write(text)
    with open(film + ".m3u8", "w") as file:
        file.write(vod(film))
    shutil.copy(film, os.path.join(folder, "good.ts"))
    with open(os.path.join(folder, "good.m3u8"), "w") as file:
        file.write(vod("good.ts"))
    good, *results = play(player, [f"{base}/good.m3u8"] + [f"{base}/{name}.m3u8" for name in hostile])
    assert good[0] == "played" and good[1] == 25, f"a good playlist did not play: {good}"
    for name, (result, pictures, message) in zip(hostile, results):
        print(f"{name}: {result}, {pictures} pictures: {message}")
        assert result == "skipped" and pictures == 0, f"a playlist led to {name}"
    for missing in ("list,sandbox", "list", "sandbox"):
        results = play(player, [f"{base}/{name}.m3u8" for name in hostile], HALLCAST_DECODER=unwalled, UNWALLED=missing)
        played = [name for name, (_, pictures, _) in zip(hostile, results) if pictures]
        print(f"without {missing}: {', '.join(played) or 'nothing'} plays")
        assert ("file" in played) == (missing == "list,sandbox"), f"without {missing}: {results}"


def tls_server(folder):
    """With a certificate that nobody has signed."""
    pair = [os.path.join(folder, name) for name in ("key.pem", "certificate.pem")]
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=127.0.0.1", "-addext",
                    "subjectAltName=IP:127.0.0.1", "-keyout", pair[0], "-out", pair[1]], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair[1], pair[0])

    class Wrapped(Server):
        def get_request(self):
            request, address = super().get_request()
            return context.wrap_socket(request, server_side=True), address

    return Wrapped(0, lambda *arguments: QuietHandler(*arguments, directory=folder))


def check_words(player, folder, base):
    secure = tls_server(folder)

    class Refusing(QuietHandler):
        def do_GET(self):
            self.send_error(401)

    refusing = Server(0, Refusing)
    expected = {f"http://hall:geheim@127.0.0.1:{free_port()}/live.m3u8?token=geheim": "nobody answers there",
                f"rtsp://hall:geheim@127.0.0.1:{free_port()}/live": "nobody answers there", f"{base}/nothing.m3u8": "is its address right?",
                f"http://127.0.0.1:{refusing.server_port}/live.ts": "name and password",
                f"https://127.0.0.1:{secure.server_port}/good.m3u8": "trust its certificate", "http://": "names no host", f"{base}/good key.ts": "blank",
                f"{base}/key.pem": "HLS, MPEG-TS or RTSP", f"udp://127.0.0.1:{free_port()}": "sent nothing for 5 s"}
    for (address, words), (result, pictures, message) in zip(expected.items(), play(player, list(expected))):
        print(f"{result}: {message}")
        assert result == "skipped" and pictures == 0, f"{address} was played"
        assert words in message, f"{address}: not the words that help: {message}"
        assert "geheim" not in message, "a password is in the words"
    if subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode != 0 or not os.path.exists(CERTIFICATES):
        print("skipped: a sender whose certificate is trusted (needs `unshare --mount` and ca-certificates)")
    else:
        trusted, = play(player, [f"https://127.0.0.1:{secure.server_port}/good.m3u8"], trusted=os.path.join(folder, "certificate.pem"))
        print(f"the same, trusted: {trusted}")
        assert trusted[:2] == ("played", 25), "https does not work"
    secure.stop()
    refusing.stop()


def run(args, folder):
    film, served = os.path.join(folder, "film.ts"), os.path.join(folder, "served")
    os.mkdir(served)
    numbered_clips.run_ffmpeg("-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=2", "-c:v", "libx264", "-preset", "ultrafast", "-g", "25", film)
    server = serve_folder(served)
    base = f"http://127.0.0.1:{server.server_port}"
    check_playlists(args.player, os.path.abspath(args.unwalled), served, film, base)
    check_words(args.player, served, base)
    server.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--player", required=True)
    parser.add_argument("--unwalled", required=True, help="the program unwalled_decoder")
    args = parser.parse_args()
    with numbered_clips.folder() as made:
        return judged(lambda: run(args, made))


if __name__ == "__main__":
    sys.exit(main())
