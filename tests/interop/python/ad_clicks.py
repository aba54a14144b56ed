#!/usr/bin/env python3
"""Writes 10,000 ad clicks with version 1 of their schema and reads them with version 2, through an unmodified client.

usage: ad_clicks.py REGISTRY_URL EXAMPLE_DIRECTORY

The serializers run without a broker: what they need from Kafka is only the name of the topic.
"""
import datetime
import random
import struct
import sys

from clicks import CONTEXT, SUBJECT, SYSTEMS, arguments, expect
from confluent_kafka.schema_registry import Schema, SchemaRegistryClient, record_subject_name_strategy
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.schema_registry.error import SchemaRegistryError

RECORDS = 10_000


def click(choose):
    """A record of version 1; a third of its counts and categories are missing."""
    seconds, millis = choose.randrange(1_400_000_000, 1_800_000_000), choose.randrange(1000)
    record = {
        "event_time": datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
        + datetime.timedelta(milliseconds=millis),
        "user_id": "user-%08x" % choose.getrandbits(32),
        "campaign_id": choose.randrange(-(2**63), 2**63),
        "label": choose.randrange(2),
        "device": {
            "os": choose.choice(SYSTEMS),
            "browser": choose.choice(["Firefox 145", "Chromium 140", "Обозреватель", ""]),
            "ip_hash": choose.randbytes(choose.randrange(33)),
        },
        "tags": [choose.choice(["top", "side", "video", "retarget"]) for _ in range(choose.randrange(5))],
        "scores": {"model-%d" % index: choose.random() for index in range(choose.randrange(4))},
    }
    for index in range(1, 14):
        record["I%d" % index] = None if choose.random() < 0.3 else choose.randrange(-(2**31), 2**31)
    for index in range(1, 27):
        record["C%d" % index] = None if choose.random() < 0.3 else "%08x" % choose.getrandbits(32)
    return record


def read_with_version_2(record):
    """What a reader of version 2 must see of a record of version 1."""
    seen = {name: value for name, value in record.items() if name != "C13"}
    seen["bid_micros"] = 7
    return seen


def refused(what, code, call):
    try:
        call()
    except SchemaRegistryError as error:
        expect(what, error.error_code, code)
    else:
        sys.exit("%s: not refused" % what)


def round_trip(registry, versions):
    serialize = AvroSerializer(registry, versions["v1"])
    read_as_written = AvroDeserializer(registry)
    read_with_2 = AvroDeserializer(registry, versions["v2"])
    choose = random.Random(20_260_117)
    for number in range(RECORDS):
        record = click(choose)
        data = serialize(record, CONTEXT)
        if number == 0:
            schema_id = registry.lookup_schema(SUBJECT, Schema(versions["v1"], "AVRO")).schema_id
        expect("framing of record %d" % number, struct.unpack(">bI", data[:5]), (0, schema_id))
        expect("record %d as written" % number, read_as_written(data, CONTEXT), record)
        expect("record %d in version 2" % number, read_with_2(data, CONTEXT), read_with_version_2(record))


def evolve(registry, versions):
    """The calls that the client's other methods make."""
    second = Schema(versions["v2"], "AVRO")
    expect("probe of version 2", registry.test_compatibility(SUBJECT, second), True)
    expect("probe of version 3", registry.test_compatibility(SUBJECT, Schema(versions["v3"], "AVRO")), False)
    schema_id = registry.register_schema(SUBJECT, second)
    expect("registered again", registry.register_schema(SUBJECT, second), schema_id)
    refused("version 3", 40901, lambda: registry.register_schema(SUBJECT, Schema(versions["v3"], "AVRO")))
    latest = registry.get_latest_version(SUBJECT)
    expect("latest", (latest.version, latest.schema_id, latest.subject), (2, schema_id, SUBJECT))
    expect("guid", registry.get_schema_by_guid(latest.guid).schema_str, latest.schema.schema_str)
    expect("versions", registry.get_versions(SUBJECT), [1, 2])
    expect("subjects", registry.get_subjects(), [SUBJECT])
    expect("holders", registry.get_subjects_by_schema_id(schema_id), [SUBJECT])
    expect("contexts", registry.get_contexts(), ["."])


def write_with_latest(registry, versions):
    """A producer that never registers and writes with whatever is the latest version."""
    settings = {"auto.register.schemas": False, "use.latest.version": True}
    serialize = AvroSerializer(registry, versions["v1"], conf=settings)
    record = read_with_version_2(click(random.Random(1)))
    data = serialize(record, CONTEXT)
    latest = registry.get_latest_version(SUBJECT)
    expect("id of the latest version", struct.unpack(">I", data[1:5]), (latest.schema_id,))
    expect("record of the latest version", AvroDeserializer(registry)(data, CONTEXT), record)


def write_under_a_record_name(registry, versions):
    serialize = AvroSerializer(
        registry, versions["v1"], conf={"subject.name.strategy": record_subject_name_strategy}
    )
    record = click(random.Random(2))
    expect("record by its name", AvroDeserializer(registry)(serialize(record, CONTEXT), CONTEXT), record)
    expect("subjects", registry.get_subjects(), [SUBJECT, "ads.AdClick"])
    expect("one schema has one id", registry.get_version("ads.AdClick", 1).schema_id,
           registry.get_version(SUBJECT, 1).schema_id)


def settings_and_deletes(registry):
    expect("level set", registry.set_compatibility(SUBJECT, "FULL")["compatibility"], "FULL")
    expect("level", registry.get_compatibility(SUBJECT), "FULL")
    expect("mode", registry.get_global_mode(), "READWRITE")
    expect("version deleted", registry.delete_version("ads.AdClick", 1), 1)
    refused("deleted subject", 40401, lambda: registry.get_latest_version("ads.AdClick"))
    refused("permanent first", 40405, lambda: registry.delete_subject(SUBJECT, permanent=True))
    expect("subject deleted", registry.delete_subject(SUBJECT), [1, 2])
    expect("subject deleted for good", registry.delete_subject(SUBJECT, permanent=True), [1, 2])
    expect("subjects", registry.get_subjects(), [])


def main():
    url, text = arguments()
    versions = {name: text(name + ".avsc") for name in ("v1", "v2", "v3")}
    registry = SchemaRegistryClient({"url": url})
    round_trip(registry, versions)
    evolve(registry, versions)
    write_with_latest(registry, versions)
    write_under_a_record_name(registry, versions)
    settings_and_deletes(registry)
    print("%d records written with version 1 and read with version 2" % RECORDS)


if __name__ == "__main__":
    main()
