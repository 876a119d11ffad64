#!/usr/bin/env python3
"""Verifies a published draw with nothing but Python: verify_draw.py FILE... The algorithm: player/queue/README.md."""
import hashlib
import json
import re
import sys


def digest(purpose, *parts):
    hasher = hashlib.sha256()
    for part in ("hallcast draw 1", purpose, *parts):
        if isinstance(part, int):
            part = str(part)
        if isinstance(part, str):
            part = part.encode("utf-8")
        hasher.update(b"%d:%s," % (len(part), part))
    return hasher.digest()


def what_is_wrong(publication):
    get = publication.get
    if get("version") != 1:
        return "unknown version"
    name, source, value = get("draw", ""), get("beacon_source", ""), get("beacon_value", "")
    slots = {slot["id"]: slot.get("capacity", 0) for slot in get("slots", [])}
    requests = {request["id"]: request.get("preferences", []) for request in get("requests", [])}
    if len(slots) != len(get("slots", [])) or len(requests) != len(get("requests", [])):
        return "an id comes twice"
    for wishes in requests.values():
        if len(set(wishes)) != len(wishes) or not set(wishes) <= set(slots):
            return "a preference is unknown, or comes twice"
    if not re.fullmatch("[0-9a-f]{64}", get("seed", "")) or bool(source) != bool(value):
        return "seed or beacon are incomplete"
    seed = bytes.fromhex(get("seed"))
    if digest("commitment", name, source, seed).hex() != get("commitment"):
        return "seed is not the one committed to"
    in_bytes = lambda items: sorted(items, key=lambda item: item[0].encode("utf-8"))
    parts = [name, len(slots)]
    for slot, capacity in in_bytes(slots.items()):
        parts += [slot, capacity]
    parts.append(len(requests))
    for request, wishes in in_bytes(requests.items()):
        parts += [request, len(wishes), *wishes]
    requests_digest = digest("requests", *parts)
    if requests_digest.hex() != get("requests_digest"):
        return "requests or slots are not those of the closing"
    outcomes = []
    for request in sorted(requests, key=lambda request: digest("order", name, seed, requests_digest, value, request)):
        slot = next((slot for slot in requests[request] if slots[slot] > 0), "")
        if slot:
            slots[slot] -= 1
        outcomes.append((request, slot))
    if outcomes != [(outcome["request"], outcome.get("slot", "")) for outcome in get("outcomes", [])]:
        return "outcomes are others"
    return ""


if __name__ == "__main__":
    all_right = True
    for name in sys.argv[1:]:
        with open(name, encoding="utf-8") as file:
            wrong = what_is_wrong(json.load(file))
        print(wrong or "right")
        all_right = all_right and not wrong
    sys.exit(0 if all_right else 1)
