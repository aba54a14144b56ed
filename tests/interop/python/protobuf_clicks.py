#!/usr/bin/env python3
"""Writes ad clicks with version 1 of their .proto and reads them with version 2, through an unmodified client.

usage: protobuf_clicks.py REGISTRY_URL EXAMPLE_DIRECTORY

No protoc is needed: the registry's `format=serialized` is the descriptor that the message classes are made from. The
client sends that descriptor back in base64 when it registers.
"""
import base64
import random
import struct

from clicks import CONTEXT, RECORDS, SUBJECT, SYSTEMS, arguments, click, done, expect
from confluent_kafka.schema_registry import Schema, SchemaReference, SchemaRegistryClient
from confluent_kafka.schema_registry.protobuf import ProtobufDeserializer, ProtobufSerializer
from confluent_kafka.serialization import MessageField, SerializationContext
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, timestamp_pb2

# The client imports the files that every schema may import from the default pool.
WELL_KNOWN = [timestamp_pb2]


def classes(registry, subject, versions, dependencies=()):
    """The message classes of versions of a subject, each from a pool of its own."""
    made = []
    for version in versions:
        text = registry.get_version(subject, version, fmt="serialized").schema.schema_str
        file = descriptor_pb2.FileDescriptorProto.FromString(base64.b64decode(text))
        file.name = "%s-%d.proto" % (subject, version)
        pool = descriptor_pool.DescriptorPool()
        for module in WELL_KNOWN:
            pool.AddSerializedFile(module.DESCRIPTOR.serialized_pb)
        for name, dependency in dependencies:
            dependency.name = name
            pool.Add(dependency)
        pool.Add(file)
        made.append(pool.FindFileByName(file.name))
    return made


def message_class(file, name):
    return message_factory.GetMessageClass(file.message_types_by_name[name])


def fill(message, record, device):
    for name, value in record.items():
        if name == "tags":
            message.tags.extend(value)
        elif name == "scores":
            message.scores.update(value)
        else:
            setattr(message, name.lower(), value)
    message.device.os, message.device.browser, message.device.ip_hash = device
    return message


def round_trip(url, text):
    setup = SchemaRegistryClient({"url": url})
    for name in ("v1.proto", "v2.proto"):
        setup.register_schema("made-" + SUBJECT, Schema(text(name), "PROTOBUF"))
    first, second = classes(setup, "made-" + SUBJECT, (1, 2))
    first, second = message_class(first, "AdClick"), message_class(second, "AdClick")

    # The client keeps the text of the answer to a registration under the id, so a reader needs a client of its own.
    writer, reader = SchemaRegistryClient({"url": url}), SchemaRegistryClient({"url": url})
    serialize = ProtobufSerializer(first, writer)
    read_as_written, read_with_2 = ProtobufDeserializer(first, {}, reader), ProtobufDeserializer(second, {}, reader)
    choose = random.Random(20_260_117)
    for number in range(RECORDS):
        device = choose.randrange(len(SYSTEMS)), "Firefox 145", choose.randbytes(choose.randrange(33))
        record = fill(first(), click(choose), device)
        data = serialize(record, CONTEXT)
        if number == 0:
            schema_id = setup.get_latest_version(SUBJECT).schema_id
        # Magic byte, id, and the one-byte form of the message indexes [0].
        expect("framing of record %d" % number, struct.unpack(">bIb", data[:6]), (0, schema_id, 0))
        expect("record %d as written" % number, read_as_written(data, CONTEXT), record)
        seen = read_with_2(data, CONTEXT)
        expect("record %d in version 2" % number, seen, second.FromString(record.SerializeToString()))
        expect("label of record %d" % number, (seen.label, seen.bid_micros), (record.label, 0))
    expect("versions", setup.get_versions(SUBJECT), [1])
    expect("probe of version 2", setup.test_compatibility(SUBJECT, Schema(text("v2.proto"), "PROTOBUF")), True)
    expect("probe of version 3", setup.test_compatibility(SUBJECT, Schema(text("v3.proto"), "PROTOBUF")), False)


MONEY = """syntax = "proto3";
package ads;
message Money { int64 micros = 1; }
"""
BID = """syntax = "proto3";
package ads;
import "money.proto";
import "google/protobuf/timestamp.proto";
message Other {}
message Bid { Money price = 1; google.protobuf.Timestamp at = 2; message Inner { string note = 1; } }
"""


def write_with_a_reference(url):
    """The client registers the imported file first, and the importing one with a reference to it."""
    setup = SchemaRegistryClient({"url": url})
    setup.register_schema("money", Schema(MONEY, "PROTOBUF"))
    setup.register_schema("bids", Schema(BID, "PROTOBUF", [SchemaReference("money.proto", "money", 1)]))
    money = setup.get_version("money", 1, fmt="serialized").schema.schema_str
    money = descriptor_pb2.FileDescriptorProto.FromString(base64.b64decode(money))
    (file,) = classes(setup, "bids", (1,), [("money.proto", money)])
    bid, inner = message_class(file, "Bid"), message_factory.GetMessageClass(
        file.message_types_by_name["Bid"].nested_types_by_name["Inner"])
    for topic, record in (("bids-topic", bid(price={"micros": 12})), ("inner-topic", inner(note="hello"))):
        context = SerializationContext(topic, MessageField.VALUE)
        writer, reader = SchemaRegistryClient({"url": url}), SchemaRegistryClient({"url": url})
        data = ProtobufSerializer(type(record), writer)(record, context)
        expect("a record with a reference", ProtobufDeserializer(type(record), {}, reader)(data, context), record)
        stored = setup.get_latest_version(topic + "-value").schema
        expect("references", [(r.name, r.subject, r.version) for r in stored.references],
               [("money.proto", "money.proto", 1)])
    expect("subject of the imported file", setup.get_versions("money.proto"), [1])


def main():
    url, text = arguments()
    round_trip(url, text)
    write_with_a_reference(url)
    done()


if __name__ == "__main__":
    main()
