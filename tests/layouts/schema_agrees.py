#!/usr/bin/env python3
"""schema_agrees.py --judge JUDGE [--count N] [--seed S]: random layouts, right ones and slightly wrong ones, are judged by
layouts/layout.schema.json and by the parser (judge_layouts). What the schema refuses the parser refuses; what only the
parser refuses, it refuses for a reason in BEYOND, which no schema can say. Skipped (77) without python3-jsonschema.
"""
import argparse
import copy
import json
import pathlib
import random
import re
import subprocess
import sys

try:
    import jsonschema
except ImportError:
    print("schema_agrees.py: skipped, no python3-jsonschema")
    sys.exit(77)

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCHEMA = json.loads((ROOT / "layouts/layout.schema.json").read_text(encoding="utf-8"))

# The parser's rules that a JSON Schema cannot say, or not without becoming unreadable.
BEYOND = [
    r"there is no variable '", r"the variable '.*' stands for itself", r"'style' '.*' is no style of this layout",
    r"'style' '.*' builds on itself", r"'style' makes more than",
    # A variable's or a style's value is judged where it is used, and the schema does not follow it there.
    r"(?:is|has) '?(?:#0b2545|90|abc)\b", r"all numbers, is a list$",
    r"there is no condition '(?:#0b2545|90|abc)'",
    r"is taken by the one in line",
    r"'box' must lie inside the canvas", r"'box' has a width and a height above 0", r"'max' is less than 'min'",
    r"'column_weights' has \d+ weights for", r"'span' is \d+ cells across", r"'padding' leaves nothing of the box",
    r"'safe' must be", r"its least number first", r"the least first",
    r"'time' is a part of the day",  # 08:00-08:00
    r"'size' is canvas units like", r"'aspect' is width:height like",  # numbers within texts
    r"'connection_notice' must be true", r"needs 'texts'", r"needs 'data'", r"needs 'file'",  # a style may give them
    r"'file' names a PNG file", r"a layout has at most", r"stand in too many places", r"conditions within conditions",
    r"more than 16 conditions", r"has at most \d+ bytes",  # the schema counts characters
    r"must be a whole number of .*, is -?\d+\.0$",  # 2.0
    r"has \S+ twice",  # a variable beside the word it stands for
]
BEYOND = re.compile("|".join(f"(?:{rule})" for rule in BEYOND))


def resolved(schema):
    while "$ref" in schema:
        schema = SCHEMA["definitions"][schema["$ref"].rsplit("/", 1)[1]]
    return schema


class Layouts:
    """Random documents, grown from the schema."""

    def __init__(self, chance):
        self.chance = chance

    def word(self):
        return "".join(self.chance.choice("abcdefgh") for _ in range(self.chance.randint(1, 8)))

    def string(self, schema):
        pattern = schema.get("pattern", "")
        if "#" in pattern:
            return "#" + "".join(self.chance.choice("0123456789abcdefABCDEF") for _ in range(self.chance.choice([6, 8])))
        if "%" in pattern:
            return f"{self.chance.choice([1, 30, 99.5, 100])}%"
        if "24:00" in pattern:
            return self.chance.choice(["08:00-15:30", "22:00-06:00", "18:00-24:00", "00:00-23:59"])
        if ":" in pattern:
            return self.chance.choice(["16:9", "1:1", "4:3.5", "2"])
        if "A-Z" in pattern:
            return self.chance.choice(["pl", "en", "uk", "zh-Hant", "pt-BR", "ar", "ka"])
        if pattern.startswith("^\\$("):
            return self.chance.choice(["$blue", "$big", "$some"])
        return self.word()[:int(schema.get("maxLength", 8))]

    def number(self, schema):
        low, high = schema.get("minimum", 0), schema.get("maximum", 100)
        value = self.chance.choice([low, high, (low + high) / 2, low + (high - low) * self.chance.random()])
        return int(value) if schema["type"] == "integer" or value == int(value) else round(value, 3)

    def of(self, schema, depth=0):
        schema = resolved(schema)
        if "not" in schema and "type" not in schema:  # anything else: of a variable
            return self.word()
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self.chance.choice(schema["enum"])
        if "anyOf" in schema and "properties" not in schema:
            forms = [form for form in schema["anyOf"] if form.get("$ref") != "#/definitions/variable"]
            if depth > 12:
                forms = [form for form in forms if form.get("type") != "array"] or forms
            return self.of(self.chance.choice(forms), depth)
        if "allOf" in schema and "$ref" in schema["allOf"][0]:  # a part of some container
            return self.part([key for key, allowed in schema["allOf"][1]["properties"].items() if not allowed], depth)
        kind = schema["type"]
        if isinstance(kind, list):
            kind = "string" if "string" in kind else kind[0]
        if kind == "object":
            return self.object(schema, depth)
        if kind == "array":
            if isinstance(schema["items"], list):
                return [self.of(item, depth + 1) for item in schema["items"]]
            most = min(schema["maxItems"], 1 if depth > 8 else 4)
            items = [self.of(schema["items"], depth + 1) for _ in range(self.chance.randint(1, most))]
            return list(dict.fromkeys(items)) if schema.get("uniqueItems") else items
        if kind == "boolean":
            return self.chance.random() < 0.5
        if kind in ("number", "integer"):
            return self.number({**schema, "type": kind})
        return self.string(schema)

    def object(self, schema, depth):
        if "properties" not in schema:
            keys = ["pl", "uk", "ar", "en"] if "pattern" in schema.get("propertyNames", {}) else ["card", "loud", "quiet"]
            if "additionalProperties" not in schema:
                return {"blue": "#0b2545", "big": 90, "some": self.word()}
            return {key: self.of(schema["additionalProperties"], depth + 1) for key in keys if self.chance.random() < 0.6} or {
                keys[0]: self.of(schema["additionalProperties"], depth + 1)}
        forms = ["rows", "columns", "stack", "grid"]
        is_container = "stack" in schema["properties"]
        chosen = {}
        for key, value in schema["properties"].items():
            needed = key in schema.get("required", []) or (key == "kind" and "const" in value)
            if is_container and key in forms:
                continue
            if needed or self.chance.random() < (0.25 if depth else 0.4):
                chosen[key] = self.of(value, depth + 1)
        if not chosen and "minProperties" in schema:
            key = self.chance.choice(list(schema["properties"]))
            chosen[key] = self.of(schema["properties"][key], depth + 1)
        if is_container and not ("for" in chosen and self.chance.random() < 0.4):
            form = self.chance.choice(forms)
            chosen[form] = self.of(schema["properties"][form], depth + 1)
        for one, other in [("text", "texts"), ("format", "skeleton"), ("size", "weight")]:
            if one in chosen and other in chosen:
                del chosen[self.chance.choice([one, other])]
        return chosen

    def part(self, without, depth):
        kinds = [form["const"] for form in SCHEMA["definitions"]["part"]["properties"]["kind"]["anyOf"] if "const" in form]
        name = "container" if depth < 5 and self.chance.random() < 0.3 else self.chance.choice(kinds)
        made = self.of({"$ref": f"#/definitions/{name if name == 'container' else 'widget_' + name}"}, depth + 1)
        for kind, key, value in [("text", "text", "hall_name"), ("qr", "data", "x"), ("image", "file", "a.png")]:
            if name == kind and not (kind == "text" and "texts" in made):
                made[key] = value
        for key in without:
            made.pop(key, None)
        if "weight" in made:
            made.pop("size", None)
        return made

    def mended(self, value, seen):
        """What only the parser can see is put right, so that many documents are right."""
        if isinstance(value, list):
            return [self.mended(item, seen) for item in value]
        if not isinstance(value, dict):
            return value
        value = {key: self.mended(item, seen) for key, item in value.items()}
        if isinstance(value.get("name"), (str, int, float)) and not str(value["name"]).startswith("$"):
            value["name"] = f"n{next(seen)}"
        if "style" in value:
            value["style"] = self.chance.choice(["card", ["card", "loud"]])
        if isinstance(value.get("box"), list):
            value["box"] = [0, 0, self.chance.randint(1, 16), self.chance.randint(1, 16)]
        if isinstance(value.get("min"), (int, float)) and isinstance(value.get("max"), (int, float)):
            value["max"] = max(value["min"], value["max"], 1)
        if isinstance(value.get("span"), list):
            value["span"][0] = 1
        for key in ("aspect", "width", "height", "waiting"):
            if isinstance(value.get(key), list):
                value[key].sort()
        value.pop("column_weights", None) if self.chance.random() < 0.9 else None
        return value

    def document(self):
        made = self.of(SCHEMA)
        made = self.mended(made, iter(range(1000)))
        made.pop("connection_notice", None)
        for variant in made.get("variants", []):
            variant.pop("connection_notice", None)
            variant.pop("safe", None)
        made.pop("safe", None)
        made["variables"] = {"blue": "#0b2545", "big": 90, "some": "abc"}
        made["styles"] = {name: {key: value for key, value in self.of(SCHEMA["definitions"]["style"]["anyOf"][0], 3).items()
                                 if key != "style"} for name in ("card", "loud", "quiet")}
        for style in made["styles"].values():
            style.pop("padding", None)
            style.pop("file", None)
        return made

    def changed(self, document):
        """One thing in it made different: mostly wrong."""
        document = copy.deepcopy(document)
        places = []

        def walk(value):
            if isinstance(value, (dict, list)):
                for key in (list(value) if isinstance(value, dict) else range(len(value))):
                    places.append((value, key))
                    walk(value[key])

        walk(document)
        holder, key = self.chance.choice(places)
        values = [None, True, -1, 0, 1, 2.5, 1e9, "", "x", "8", "$blue", "$none", "$$", [], {}, [1], ["x"], {"x": 1}, "50%", "true",
                  "not open", "x" * 5000, [0, 0], [5, 3], 65 * ["pl"]]
        what = self.chance.random()
        if what < 0.6:
            holder[key] = self.chance.choice(values)
        elif what < 0.75 and isinstance(holder, dict):
            del holder[key]
        elif isinstance(holder, dict):
            words = [*SCHEMA["properties"], *SCHEMA["definitions"]["container"]["properties"],
                     *SCHEMA["definitions"]["style"]["anyOf"][0]["properties"], "kind", "unknown", "for"]
            word = self.chance.choice(words)
            holder[word] = holder[key] if self.chance.random() < 0.3 else self.chance.choice(values)
        else:
            holder.insert(0, self.chance.choice(values))
        return document


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--judge", required=True)
    options.add_argument("--count", type=int, default=3000)
    options.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**31))
    options = options.parse_args()
    print(f"seed {options.seed}", flush=True)
    layouts = Layouts(random.Random(options.seed))
    documents = []
    while len(documents) < options.count:
        good = layouts.document()
        documents += [good] + [layouts.changed(good) for _ in range(3)]
    answers = subprocess.run([options.judge], input="".join(json.dumps(d, ensure_ascii=False) + "\n" for d in documents),
                             capture_output=True, text=True, encoding="utf-8", check=True).stdout.splitlines()
    assert len(answers) == len(documents)
    validator = jsonschema.Draft7Validator(SCHEMA)
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    both_right = both_wrong = beyond = 0
    faults = []
    for document, answer in zip(documents, answers):
        schema_is_right = validator.is_valid(document)
        if answer == "right":
            if schema_is_right:
                both_right += 1
            else:
                error = jsonschema.exceptions.best_match(validator.iter_errors(document))
                faults.append(("the schema refuses what the parser accepts", str(error)[:600], document))
        elif not schema_is_right:
            both_wrong += 1
        else:
            unknown = [one for one in re.split(r" \| (?=x\.yaml:)", answer) if not BEYOND.search(one)]
            if unknown:
                faults.append(("the schema accepts what the parser refuses", "\n".join(unknown), document))
            beyond += 1
    print(f"{len(documents)} documents: both accept {both_right}, both refuse {both_wrong}, only the parser refuses {beyond}")
    for what, why, document in faults[:5]:
        print(f"{what}: {why}\n{json.dumps(document, ensure_ascii=False)[:3000]}\n")
    # A generator that makes nothing right, or nothing wrong, would prove nothing.
    if faults or both_right < len(documents) / 10 or both_wrong < len(documents) / 10:
        print(f"schema_agrees.py: {len(faults)} faults")
        sys.exit(1)


main()
