"""Avro values in the form that the data files and the other peers have them in, and back.

Numbers of 64 bits and special floats are texts, bytes are hexadecimal, a decimal is its digits, a date or time is the
number on the wire, a duration is a list of its three numbers, and a union is its bare value.
"""
import datetime
import decimal
import math
import struct
import uuid

EPOCH = datetime.datetime(1970, 1, 1)
SPECIAL = {"NaN", "Infinity", "-Infinity", "-0"}
WIDE = decimal.Context(prec=40)


class Schemas:
    """The named types of a schema."""

    def __init__(self, schema):
        self.root, self.names = schema, {}
        self._collect(schema)

    def _collect(self, schema):
        if isinstance(schema, list):
            for branch in schema:
                self._collect(branch)
        elif isinstance(schema, dict):
            if schema["type"] in ("record", "enum", "fixed"):
                self.names[schema["name"]] = schema
            for inner in ("items", "values"):
                self._collect(schema.get(inner))
            for field in schema.get("fields", []):
                self._collect(field["type"])

    def resolved(self, schema):
        """The schema and the name of its type."""
        schema = self.names.get(schema, schema) if isinstance(schema, str) else schema
        return (schema, schema["type"]) if isinstance(schema, dict) else ({}, schema)

    def branch(self, union, value):
        """The branch of a union that a value belongs to: the test's unions are chosen so that its kind decides."""
        if value is None:
            return "null"
        others = [branch for branch in union if branch != "null"]
        if len(others) == 1:
            return others[0]
        kind = {bool: "boolean", int: "int", str: "string", dict: "record", list: "array"}[type(value)]
        return next(branch for branch in others if self.resolved(branch)[1] == kind)

    def convert(self, schema, value, convert_leaf):
        """Walks containers; `convert_leaf(schema, type name, value)` does the rest."""
        if isinstance(schema, list):
            return self.convert(self.branch(schema, value), value, convert_leaf)
        schema, kind = self.resolved(schema)
        if kind == "record":
            fields = {field["name"]: field["type"] for field in schema["fields"]}
            return {name: self.convert(fields[name], inner, convert_leaf) for name, inner in value.items()}
        if kind == "array":
            return [self.convert(schema["items"], item, convert_leaf) for item in value]
        if kind == "map":
            return {key: self.convert(schema["values"], inner, convert_leaf) for key, inner in value.items()}
        return convert_leaf(schema, kind, value)

    def to_canonical(self, value):
        return self.convert(self.root, value, leaf_to_canonical)

    def from_canonical(self, value):
        return self.convert(self.root, value, leaf_from_canonical)


def leaf_to_canonical(schema, kind, value):
    logical = schema.get("logicalType")
    if logical == "decimal":
        return str(value.quantize(decimal.Decimal(1).scaleb(-schema.get("scale", 0)), context=WIDE))
    if logical == "uuid":
        return str(value if isinstance(value, uuid.UUID) else uuid.UUID(bytes=value))
    if logical == "duration":
        return list(struct.unpack("<III", value))
    if isinstance(value, datetime.datetime):
        micros = (value.replace(tzinfo=None) - EPOCH) // datetime.timedelta(microseconds=1)
        value = micros // 1000 if logical.endswith("millis") else micros
    elif isinstance(value, datetime.date):
        value = (value - EPOCH.date()).days
    elif isinstance(value, datetime.time):
        micros = ((value.hour * 60 + value.minute) * 60 + value.second) * 1_000_000 + value.microsecond
        value = micros // 1000 if logical.endswith("millis") else micros
    if kind == "long":
        return str(value)
    if kind in ("bytes", "fixed"):
        return value.hex()
    if kind in ("float", "double"):
        return special_float(value)
    return value


def special_float(value):
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return "-0" if value == 0 and math.copysign(1, value) < 0 else value


def leaf_from_canonical(schema, kind, value):
    logical = schema.get("logicalType")
    if logical == "decimal":
        return decimal.Decimal(value)
    if logical == "uuid":
        return uuid.UUID(value) if kind == "string" else uuid.UUID(value).bytes
    if logical == "duration":
        return struct.pack("<III", *value)
    if kind == "long":
        return time_from_number(logical, int(value))
    if kind == "int":
        return time_from_number(logical, value)
    if kind in ("bytes", "fixed"):
        return bytes.fromhex(value)
    if kind in ("float", "double"):
        return float(value)
    return value


def time_from_number(logical, number):
    """The type that the client takes for a logical type; nanoseconds, which it does not know, stay a number."""
    if logical == "date":
        return EPOCH.date() + datetime.timedelta(days=number)
    if logical in (None, "timestamp-nanos", "local-timestamp-nanos"):
        return number
    unit = 1000 if logical.endswith("millis") else 1
    moment = EPOCH + datetime.timedelta(microseconds=number * unit)
    if logical.startswith("time-"):
        return moment.time()
    return moment if logical.startswith("local") else moment.replace(tzinfo=datetime.timezone.utc)
