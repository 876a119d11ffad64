#!/usr/bin/python3
"""tests/fuzz/seeds.py: writes the first inputs of the fuzzers to tests/fuzz/corpus, from the messages recorded in
tests/protocol/recorded and from one command of every kind. Needs python3-protobuf and protoc.
"""
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
RECORDED = ROOT / "tests/protocol/recorded/1.0"
CORPUS = ROOT / "tests/fuzz/corpus"

classes = tempfile.TemporaryDirectory()
subprocess.run(
    ["protoc", "--proto_path", ROOT / "protocol", "--python_out", classes.name]
    + sorted(str(p.relative_to(ROOT / "protocol")) for p in (ROOT / "protocol").glob("hallcast/v1/*.proto")),
    cwd=ROOT / "protocol", check=True)
sys.path.insert(0, classes.name)
from hallcast.v1 import pairing_pb2, player_pb2, queue_pb2, wire_pb2  # noqa: E402


def recorded(name):
    return (RECORDED / name).read_bytes()


def pieces(*row):
    """A row of (kind, bytes), as tests/fuzz/fuzz.h reads it."""
    return b"".join(bytes([kind]) + len(data).to_bytes(2, "little") + data for kind, data in row)


def write(target, name, data):
    folder = CORPUS / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"seed-{name}").write_bytes(data)


def small(state):
    """The recorded office has nine languages and long texts; two languages and three services reach as much."""
    profile = state.profile
    for text in [profile.office_name, profile.hall_name]:
        for tag in [tag for tag in text if tag not in ("pl", "uk")]:
            del text[tag]
    del profile.languages[2:], profile.services[3:], profile.counters[2:], profile.ticker[1:]
    for texts in [t.text for t in profile.ticker] + [s.name for s in profile.services]:
        for tag in [tag for tag in texts if tag not in ("pl", "uk")]:
            del texts[tag]
    del state.counters[2:], state.services[3:]
    return state


def envelope_and_snapshot():
    STREAM, REPLY, TO_QUESTION, CONNECTED, DISCONNECTED, PASSING = range(6)
    snapshot = wire_pb2.SyncReply.FromString(recorded("reply-snapshot.bin"))
    small(snapshot.snapshot)
    first = snapshot.SerializeToString()
    events = [recorded(f"event-{n:03}.bin") for n in range(2, 10)]
    beats = [recorded(f"heartbeat-{n}.bin") for n in (1, 2)]
    after = wire_pb2.SyncReply.FromString(recorded("reply-snapshot-after.bin"))
    small(after.snapshot)
    later = wire_pb2.StreamMessage.FromString(beats[1])
    later.heartbeat.epoch += 1
    in_order = [(CONNECTED, b""), (TO_QUESTION, first)] + [(STREAM, e) for e in events] + [(STREAM, beats[1])]
    write("envelope", "in-order", pieces(*in_order))
    write("envelope", "gap", pieces((TO_QUESTION, first), (STREAM, events[0]), (STREAM, events[6]), (STREAM, beats[1]),
                                    (TO_QUESTION, recorded("reply-range.bin")), (STREAM, events[7])))
    write("envelope", "new-epoch", pieces(*in_order[:4], (STREAM, later.SerializeToString()), (PASSING + 8 * 31, b""),
                                          (DISCONNECTED, b""), (CONNECTED, b""), (TO_QUESTION, after.SerializeToString())))
    write("envelope", "errors", pieces((TO_QUESTION, recorded("reply-error.bin")), (REPLY, first),
                                       (PASSING + 8 * 31, b""), (TO_QUESTION, recorded("reply-manifest.bin"))))
    RECEIPT = 6
    presence, receipts = wire_pb2.SyncReply(version=1), wire_pb2.SyncReply(version=1)
    presence.presence.received_us = presence.presence.replied_us = 1790000000000000
    presence.presence.next_report_ms = 1000
    receipts.receipts.up_to = 1
    shown = player_pb2.Receipt(call_id="main-1", attempt=1)
    shown.shown.at_us = 1790000000000000
    write("envelope", "presence", pieces(*in_order, (TO_QUESTION, presence.SerializeToString()),
                                         (RECEIPT, shown.SerializeToString()), (PASSING + 8 * 31, b""),
                                         (TO_QUESTION, receipts.SerializeToString()),
                                         (TO_QUESTION, presence.SerializeToString())))
    far = wire_pb2.StreamMessage()
    far.heartbeat.server_time_ms = 29418679420579375  # was found: * 1000 overflows
    write("envelope", "far-time", pieces((STREAM, far.SerializeToString())))
    bare = [wire_pb2.StreamMessage.FromString(e).event.SerializeToString() for e in events]
    write("snapshot", "then-events", pieces((3, snapshot.snapshot.SerializeToString()), *[(0, e) for e in bare]))
    write("snapshot", "after", pieces((2, after.snapshot.SerializeToString())))
    profile = wire_pb2.StreamMessage()
    profile.event.changes.add().profile.CopyFrom(after.snapshot.profile)
    write("snapshot", "profile", pieces((0, b""), (0, profile.event.SerializeToString())))


def of_action(field):
    """A command of this kind with fields as an office might have them."""
    command = queue_pb2.Command(actor="seed", case_number="101")
    message = getattr(command, field.name)
    message.SetInParent()
    values = {"service": "A", "counter": 1, "ticket": "A003", "language": "uk", "appointment": 1, "staff": "ann",
              "count": 5, "kiosk": "kiosk 1", "draw": "autumn", "from_date": "2026-09-22", "to_date": "2026-09-23",
              "days": 2, "start_ms": 1790056800000 + 900000, "closes_at_ms": 1789980000000, "to_counter": 2,
              "contact": "+48 1", "people": 2, "outcome": 4, "beacon_source": "", "pin": "000001"}
    for part in message.DESCRIPTOR.fields:
        if part.name in values and part.label != part.LABEL_REPEATED:
            setattr(message, part.name, values[part.name])
    if field.name == "transfer":
        message.to_counter = 0
    if field.name == "enter_draw":
        message.preferences.append(1790589600000)
    if field.name == "apply_office":
        office = wire_pb2.SyncReply.FromString(recorded("reply-office.bin")).office
        message.office.id = "small"
        message.office.time_zone = office.time_zone
        message.office.languages.extend(["pl", "uk"])
        message.office.services.add(id="A").name["pl"] = "Karta"
        message.office.counters.add(number=1)
        message.office.halls.add(id="main")
    return command


def commands():
    IN_A_SECOND = 2 + 8
    sent = {}
    for field in queue_pb2.Command.DESCRIPTOR.oneofs_by_name["action"].fields:
        sent[field.name] = (IN_A_SECOND, of_action(field).SerializeToString())
        write("command", field.name, pieces(sent[field.name]))
    day = ["issue_ticket", "sign_in", "call_next", "recall", "start_service", "transfer", "undo", "finish_service",
           "call_next", "park", "call_ticket", "recycle", "undo", "mark_no_show", "reinstate", "find_slots", "hold_slot",
           "confirm_appointment", "move_appointment", "check_in", "cancel_appointment", "enter_draw", "hold_draw",
           "show_draw", "sign_out", "close_counter", "end_day", "issue_ticket"]
    write("command", "day", pieces(*[sent[name] for name in day]))
    write("command", "recorded", pieces(*[(1, path.read_bytes()) for path in sorted(RECORDED.glob("command-*.bin"))
                                          if not path.name.startswith("command-reply")]))


def requests():
    QUESTION, COMMAND, EVENT, LISTENER, PASSING, REPLIED = range(6)
    ADMIN, PLAYER = 8 * 4, 0
    asked = []
    for field in wire_pb2.SyncRequest.DESCRIPTOR.oneofs_by_name["request"].fields:
        request = wire_pb2.SyncRequest(version=1, request_id=7, minor=1)
        getattr(request, field.name).SetInParent()
        if field.name == "range":
            request.range.hall, request.range.epoch, request.range.from_seq = "main", 2, 2
        if field.name == "blob":
            request.blob.sha256, request.blob.length = "ab" * 32, 100
        if field.name == "presence":
            request.presence.hall, request.presence.epoch, request.presence.applied_seq = "main", 2, 1
            request.presence.state_hash, request.presence.sent_us = bytes(16), 5
            request.presence.statistics.width = 1920
        if field.name == "receipts":
            request.receipts.hall = "main"
            receipt = request.receipts.receipts.add(number=1, call_id="main-1", attempt=1)
            receipt.shown.picture_checksum = 1
        asked.append(request.SerializeToString())
        write("request", field.name, pieces((ADMIN + QUESTION, asked[-1])))
    events = [(EVENT, wire_pb2.StreamMessage.FromString(recorded(f"event-{n:03}.bin")).event.SerializeToString())
              for n in range(2, 10)]
    command = recorded("command-issue.bin")
    write("request", "day", pieces((LISTENER, b"hall/main/"), *events, (PASSING + 8 * 20, b""),
                                   *[(PLAYER + QUESTION, bytes_) for bytes_ in asked],
                                   (ADMIN + COMMAND, command), (ADMIN + COMMAND, command),
                                   (REPLIED + 8, recorded("command-reply-issue.bin")), (ADMIN + COMMAND, command)))
    write("request", "ping", pieces((PLAYER + COMMAND, queue_pb2.Command(cmd_id=bytes(16), ping={}).SerializeToString())))


def pairing():
    DESK, GUEST, CONFIRM, PASSING, RECONNECTED, TO_DESK, TO_GUEST, ROTATED = range(8)
    confirm = pairing_pb2.ConfirmPairing(secret="483920", name="hall-2").SerializeToString()
    wrong = pairing_pb2.ConfirmPairing(number=1, secret="000000").SerializeToString()
    write("pairing", "right", pieces((TO_DESK, b""), (TO_GUEST, b""), (CONFIRM + 8, confirm), (TO_GUEST, b""), (TO_DESK, b""),
                                     (TO_GUEST, b"")))
    write("pairing", "wrong", pieces((TO_DESK, b""), (TO_GUEST, b""), (CONFIRM + 8, wrong), (TO_GUEST, b""), (TO_DESK, b""),
                                     (TO_GUEST, b""), (PASSING + 8 * 31, b""), (RECONNECTED, b""), (TO_DESK, b"")))
    for name, message in {"hello": pairing_pb2.PairingMessage(version=1, hello={"name": "lobby"}),
                          "wait": pairing_pb2.PairingMessage(version=1, wait={"number": 5}),
                          "offer": pairing_pb2.PairingMessage(version=1, offer={"master_key": bytes(32), "share": bytes(32)}),
                          "answer": pairing_pb2.PairingMessage(version=1, answer={"share": bytes(32), "tag": bytes(32)}),
                          "done": pairing_pb2.PairingMessage(version=1, done={"tag": bytes(32), "name": "a"}),
                          "refused": pairing_pb2.PairingMessage(version=1, refused={"message": "no"}),
                          "asks": pairing_pb2.PairingMessage(version=1, successor_request={"master_key": bytes(32)}),
                          "successor": pairing_pb2.PairingMessage(version=1, successor={"nonce": bytes(24), "box": bytes(48)}),
                          }.items():
        said = message.SerializeToString()
        write("pairing", name, pieces((DESK, said), (GUEST, said), (ROTATED, said), (TO_GUEST, b"")))


def receipts():
    REPORT, EVENT, PASSING, LISTING = range(4)
    call = wire_pb2.StreamMessage.FromString(recorded("event-007.bin")).event
    again = wire_pb2.StreamMessage.FromString(recorded("event-008.bin")).event
    report = player_pb2.ReceiptReport(hall="main")
    shown = report.receipts.add(number=1, call_id="main-1", attempt=1)
    shown.shown.at_us, shown.shown.width, shown.shown.height = call.at_ms * 1000, 100, 50
    spoken = report.receipts.add(number=2, call_id="main-1", attempt=1)
    spoken.spoken.from_us, spoken.spoken.until_us, spoken.spoken.level_dbfs = 1, 2, -20
    listing = player_pb2.CallsRequest(hall="main", limit=5)
    row = [(EVENT, call.SerializeToString()), (PASSING + 8 * 30, b""), (REPORT, report.SerializeToString()),
           (EVENT, again.SerializeToString()), (PASSING + 8 * 31, b""), (PASSING + 8 * 31, b""), (PASSING + 8 * 31, b""),
           (PASSING + 8 * 31, b""), (REPORT + 4, report.SerializeToString()), (LISTING, listing.SerializeToString())]
    write("receipt", "call", pieces(*row))
    write("receipt", "late", pieces(row[0], *row[4:8], *row[2:]))


def http():
    def request(method, path, body="", *headers):
        lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1:8080", "Authorization: Bearer t", *headers]
        if body:
            lines.append(f"Content-Length: {len(body)}")
        return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()

    asked = {
        "issue": request("POST", "/api/v1/tickets", '{"service": "A", "language": "uk", "people": 2, "then": ["B"]}'),
        "deadline": request("POST", "/api/v1/tickets", '{"service":"A","legalDeadlineMs":"1790000000000","priority":""}'),
        "cancel": request("POST", "/api/v1/tickets/A003/cancel"),
        "reinstate": request("POST", "/api/v1/tickets/B002/reinstate"),
        "lease": request("POST", "/api/v1/leases", '{"service": "A", "kiosk": "kiosk 1", "count": 5}'),
        "day-end": request("POST", "/api/v1/day/end"),
        "call": request("POST", "/api/v1/counters/1/call", '{"ticket": "A003"}', "Idempotency-Key: once"),
        "finish": request("POST", "/api/v1/counters/1/finish", '{"outcome": "OUTCOME_INCOMPLETE"}'),
        "transfer": request("POST", "/api/v1/counters/1/transfer", '{"service": "B", "position": "FIRST", "delayS": 5}'),
        "sign-in": request("POST", "/api/v1/counters/1/sign-in", '{"staff": "ann"}'),
        "hall": request("GET", "/api/v1/halls/main"),
        "content": request("GET", "/api/v1/content"),
        "upload": request("POST", "/api/v1/content?name=a%20film.mp4", "film"),
        "job": request("GET", "/api/v1/content/jobs/1"),
        "remove": request("DELETE", "/api/v1/content/0123456789ab"),
        "page": request("GET", "/counter") + request("HEAD", "/style.css"),
        "chunked": b"POST /api/v1/tickets HTTP/1.1\r\nAuthorization: Bearer t\r\nTransfer-Encoding: chunked\r\n\r\n"
                   b"e\r\n{\"service\":\"A\"\r\n1\r\n}\r\n0\r\n\r\n",
        "nobody": b"POST /api/v1/tickets HTTP/1.0\r\nContent-Length: 2\r\n\r\n{}",
        "two": request("POST", "/api/v1/counters/2/recall") + request("GET", "/healthz"),
    }
    for step in ["open", "close", "start", "no-show", "park", "recycle", "undo", "sign-out", "call-next", "recall"]:
        asked[step] = request("POST", f"/api/v1/counters/1/{step}")
    for name, data in asked.items():
        write("http", name, data)


def files():
    key = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"
    secret = "JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6"
    write("keys", "list", f"L# who may connect\nplayer hall-2 {key}\nkiosk k1 {secret} # by the door\n".encode())
    write("keys", "twice", f"Lclerk a {key}\nadmin b {key}\n".encode())
    write("keys", "credentials", f"Cmaster: \"{key}\"\nclient:\n  public: \"Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{{hID\"\n"
                                 f"  secret: \"D:)Q[IlAW!ahhC2ac:9*A}}h:p?([4%wOTJ%JR%cs\"\n".encode())
    sample = (ROOT / "content/sample-office.yaml").read_bytes()
    write("office", "sample", b"\n".join(line for line in sample.split(b"\n") if not re.match(
        rb" *(uk|ru|ka|hi|vi|zh|ar|en): |#", line)).replace(b"[pl, en, uk, ru, ka, hi, vi, ar, zh]", b"[pl]"))
    write("office", "small", """id: small
name: {pl: Urz\u0105d, uk: U}
time_zone: Europe/Warsaw
languages: [pl, uk]
services:
  - id: A
    name: {pl: Karta}
    booking:
      slots: 2
      tiers: [{days_ahead: 60, percent: 34}, {days_ahead: 2, percent: 100}]
      availabilities: [{days: [mon, tue], from: "08:00", to: "12:00", counters: 2, internal: 1}]
  - {id: B, name: {pl: Praca}, prefix: WP, first_number: 5, last_number: 900, tickets_a_day: 40}
counters:
  - {number: 1, services: [A], directions: {pl: lewo}}
  - {number: 2, profile: x}
profiles:
  - {id: x, queues: [{service: A, head_start_minutes: 5}, {service: B}], appointments_in_a_row: 2}
priorities:
  - {id: p, name: {pl: P}, head_start_minutes: 20}
rules: {recycle_times: 1, day_starts: "04:00", keep_case_days: 100}
halls:
  - {id: main, name: {pl: Sala}}
hours:
  - {days: [mon, tue, wed, thu, fri], from: "08:00", to: "16:00"}
holidays: PL
""".encode())


def layouts():
    """Every word of the language, in few bytes."""
    for path in (ROOT / "layouts").glob("*.yaml"):
        write("layout", path.stem, b"\n".join(line for line in path.read_bytes().split(b"\n") if not re.match(
            rb" *(uk|ru|ka|hi|vi|zh|ar|en): | *#", line)))
    write("layout", "language", b"""about: x
canvas: [960, 540]
safe: 20
motion: reduced
viewing: {distance: 8, near: 3, diagonal: 55}
variables: {blue: "#0b2545", wide: 30%, price: $$5, line: {kind: ticker, size: 60}, both: [$blue, x]}
styles:
  card: {background: $blue, radius: 8, padding: 10, transition: fade, gap: 4}
  loud: {style: [card], text_size: 90, rows: 3, across: 2, column_weights: [2, 1]}
columns:
  - {kind: board, style: [card, loud], size: $wide, group: service, services: [A, B], counters: [1, 2]}
  - weight: 2
    min: 200
    max: 700
    when: [open, not stale, {any: [call, {time: "22:00-06:00", days: [mon, sat]}, [notice, film]]}]
    grid:
      - {kind: clock, format: "HH:mm", span: [2, 1]}
      - {kind: text, texts: {pl: $price, ar: x}, aspect: "4:3"}
      - {kind: qr, data: "https://example.org", when: {waiting: [3, 9], not: [emergency, sign]}}
    across: 3
    gap: 8
    row_weights: [1, 2]
  - stack:
      - {kind: media, box: [0, 0, 100, 100]}
      - $line
variants:
  - for: portrait
    canvas: [540, 960]
    variables: {blue: "#000000"}
    styles: {card: {bold: true}}
    rows: [{kind: call, aspect: 16:9}, {kind: panel, background: $blue}]
  - for: {aspect: [2, 9], width: [1000, 4000], height: [0, 2000]}
    gap: 10
""")
    write("layout", "aliases", b"a: &a [x, x]\nstack:\n  - &b {kind: media, when: &c [open, [open, [open]]]}\n  - *b\n"
                               b"  - {rows: [*b, *b], when: *c}\n  - {columns: *a}\n")


def zap():
    known = b"the one key that is let in: 32 b"
    right = [b"1.0", b"7", b"hallcast", b"10.0.0.9", b"", b"CURVE", known]
    write("zap", "right", pieces(*[(0, frame) for frame in right]))
    write("zap", "pairing", pieces(*[(0, frame) for frame in right[:2] + [b"hallcast-pairing"] + right[3:6] + [bytes(32)]]))
    write("zap", "null", pieces(*[(0, frame) for frame in right[:5] + [b"NULL"]]))
    write("zap", "other-key", pieces(*[(0, frame) for frame in right[:6] + [bytes(32)]]))


for make in (envelope_and_snapshot, commands, requests, pairing, receipts, http, files, layouts, zap):
    make()
