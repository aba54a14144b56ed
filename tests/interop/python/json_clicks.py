#!/usr/bin/env python3
"""Writes ad clicks with version 1 of their JSON Schema and reads them with version 2, through an unmodified client.

usage: json_clicks.py REGISTRY_URL EXAMPLE_DIRECTORY
"""
import base64
import json
import random
import struct
import sys

from clicks import CONTEXT, RECORDS, SUBJECT, SYSTEMS, arguments, click, done, expect
from confluent_kafka.schema_registry import Schema, SchemaReference, SchemaRegistryClient
from confluent_kafka.schema_registry.error import SchemaRegistryError
from confluent_kafka.schema_registry.json_schema import JSONDeserializer, JSONSerializer
from confluent_kafka.serialization import MessageField, SerializationContext, SerializationError


def json_click(choose):
    record = click(choose)
    ip_hash = base64.b64encode(choose.randbytes(choose.randrange(33))).decode()
    record["device"] = {"os": choose.choice(SYSTEMS), "browser": "Firefox 145", "ip_hash": ip_hash}
    return record


def round_trip(registry, text):
    serialize = JSONSerializer(text("v1.json"), registry)
    read_as_written = JSONDeserializer(text("v1.json"), schema_registry_client=registry)
    read_with_2 = JSONDeserializer(text("v2.json"), schema_registry_client=registry)
    choose = random.Random(20_260_117)
    for number in range(RECORDS):
        record = json_click(choose)
        data = serialize(record, CONTEXT)
        if number == 0:
            found = registry.lookup_schema(SUBJECT, Schema(text("v1.json"), "JSON"))
        expect("framing of record %d" % number, struct.unpack(">bI", data[:5]), (0, found.schema_id))
        expect("record %d as written" % number, read_as_written(data, CONTEXT), record)
        expect("record %d in version 2" % number, read_with_2(data, CONTEXT), record)
    try:
        serialize({"event_time": "now"}, CONTEXT)
    except SerializationError:
        return
    sys.exit("a document that the schema forbids was written")


def evolve(registry, text):
    second, third = (Schema(text(name), "JSON") for name in ("v2.json", "v3.json"))
    expect("probe of version 2", registry.test_compatibility(SUBJECT, second), True)
    expect("probe of version 3", registry.test_compatibility(SUBJECT, third), False)
    registry.register_schema(SUBJECT, second)
    try:
        registry.register_schema(SUBJECT, third)
    except SchemaRegistryError as error:
        expect("version 3", (error.http_status_code, error.error_code), (409, 40901))
    else:
        sys.exit("version 3 was taken")


def write_with_a_reference(registry):
    """The client finds what a `$ref` names by asking the registry for the reference."""
    money = {"$id": "https://ads.example/money.json", "type": "object",
             "properties": {"micros": {"type": "integer"}}, "required": ["micros"]}
    registry.register_schema("money", Schema(json.dumps(money), "JSON"))
    bid = {"$schema": "http://json-schema.org/draft-07/schema#", "title": "Bid", "type": "object",
           "properties": {"price": {"$ref": "https://ads.example/money.json"}}}
    references = [SchemaReference("https://ads.example/money.json", "money", 1)]
    schema = Schema(json.dumps(bid), "JSON", references)
    serialize = JSONSerializer(schema, registry)
    read = JSONDeserializer(schema, schema_registry_client=registry)
    context = SerializationContext("bids", MessageField.VALUE)
    record = {"price": {"micros": 12}}
    expect("a record with a reference", read(serialize(record, context), context), record)
    try:
        serialize({"price": {"micros": "12"}}, context)
    except SerializationError:
        return
    sys.exit("a document that the referenced schema forbids was written")


def main():
    url, text = arguments()
    registry = SchemaRegistryClient({"url": url})
    round_trip(registry, text)
    evolve(registry, text)
    write_with_a_reference(registry)
    done()


if __name__ == "__main__":
    main()
