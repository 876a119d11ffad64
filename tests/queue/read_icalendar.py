#!/usr/bin/env python3
"""Reads one iCalendar event as a strict calendar would (RFC 5545), and prints it as JSON: read_icalendar.py FILE."""
import datetime
import json
import re
import sys


def content_lines(data):
    assert data.endswith(b"\r\n"), "the last line does not end"
    physical = data[:-2].split(b"\r\n")
    for line in physical:
        assert len(line) <= 75, "a line of %d octets" % len(line)
        assert not re.search(rb"[\x00-\x08\x0a-\x1f\x7f]", line), "a control character"
        line.decode("utf-8")
    return re.sub("\r\n[ \t]", "", data[:-2].decode("utf-8")).split("\r\n")


def unescape(value):
    assert re.fullmatch(r"(?:\\[\\;,nN]|[^\\;,])*", value), "a character that must be escaped: " + value
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], value)


def read(data):
    event, alarm, where = {}, {}, []
    for line in content_lines(data):
        name, parameters, value = re.fullmatch(r'([A-Z-]+)((?:;[A-Z-]+=(?:"[^"]*"|[^";:,]*))*):(.*)', line, re.S).groups()
        if name == "BEGIN":
            where.append(value)
        elif name == "END":
            assert where.pop() == value, "components are not nested"
        else:
            into = alarm if where[-1] == "VALARM" else event
            assert name not in into, name + " comes twice"
            if name in ("SUMMARY", "LOCATION", "DESCRIPTION", "UID"):
                value = unescape(value)
            if name.startswith("DT"):
                value = int(datetime.datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc).timestamp())
            into[name] = value
            if parameters:
                into[name + " parameters"] = parameters[1:]
    assert not where, "a component does not end"
    for name in ("VERSION", "PRODID", "UID", "DTSTAMP", "DTSTART", "DTEND"):
        assert name in event, name + " is missing"
    assert event["DTSTART"] < event["DTEND"] and event["VERSION"] == "2.0"
    if event.get("METHOD") == "REQUEST":
        assert "ORGANIZER" in event and "ATTENDEE" in event
    if alarm:
        assert alarm["ACTION"] == "DISPLAY" and "DESCRIPTION" in alarm and alarm["TRIGGER"] == "-P1D"
    event["alarm"] = bool(alarm)
    return event


if __name__ == "__main__":
    with open(sys.argv[1], "rb") as file:
        json.dump(read(file.read()), sys.stdout, ensure_ascii=False, sort_keys=True)
