#!/usr/bin/env python3
"""Produces or consumes the shared test records through the unmodified client and a running Kafka.

usage: peer.py produce|consume AVRO|PROTOBUF|JSON TOPIC COUNT REGISTRY_URL BOOTSTRAP DATA_FOLDER [header]
"""
import base64
import json
import pathlib
import sys

from canonical import Schemas
from confluent_kafka import Consumer, Producer
from confluent_kafka.schema_registry import Schema, SchemaRegistryClient, header_schema_id_serializer
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.schema_registry.json_schema import JSONDeserializer, JSONSerializer
from confluent_kafka.schema_registry.protobuf import ProtobufDeserializer, ProtobufSerializer
from confluent_kafka.serialization import MessageField, SerializationContext
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory, timestamp_pb2, wrappers_pb2

PATIENCE_SECONDS = 60
MESSAGE = "interop.proto.Outer.Event"


class Avro:
    def __init__(self, registry, text, settings):
        self.schemas = Schemas(json.loads(text))
        self.serialize = AvroSerializer(registry, text, conf=settings)
        self.deserialize = AvroDeserializer(registry)
        self.value, self.canonical = self.schemas.from_canonical, self.schemas.to_canonical


class Protobuf:
    def __init__(self, registry, text, settings):
        # No protoc is needed: the registry gives the descriptor that the message class is made from.
        registry.register_schema("made-by-python", Schema(text, "PROTOBUF"))
        made = registry.get_version("made-by-python", 1, fmt="serialized").schema.schema_str
        file = descriptor_pb2.FileDescriptorProto.FromString(base64.b64decode(made))
        file.name = "protobuf.proto"
        pool = descriptor_pool.DescriptorPool()
        for module in (timestamp_pb2, wrappers_pb2):
            pool.AddSerializedFile(module.DESCRIPTOR.serialized_pb)
        pool.Add(file)
        event = message_factory.GetMessageClass(pool.FindMessageTypeByName(MESSAGE))
        self.serialize = ProtobufSerializer(event, registry, conf=settings)
        self.deserialize = ProtobufDeserializer(event, {}, registry)
        self.value, self.canonical = lambda value: json_format.ParseDict(value, event()), json_format.MessageToDict


class Json:
    def __init__(self, registry, text, settings):
        self.serialize = JSONSerializer(text, registry, conf=settings)
        self.deserialize = JSONDeserializer(None, schema_registry_client=registry)
        self.value = self.canonical = lambda value: value


FORMATS = {"AVRO": (Avro, "avro.avsc"), "PROTOBUF": (Protobuf, "protobuf.proto"), "JSON": (Json, "json.json")}


def produce(format, topic, records, bootstrap):
    producer = Producer({"bootstrap.servers": bootstrap, "partitioner": "murmur2_random"})
    failures = []
    for number, record in enumerate(records):
        headers = []
        context = SerializationContext(topic, MessageField.VALUE, headers)
        data = None if record is None else format.serialize(format.value(record), context)
        producer.produce(topic, key=str(number), value=data, headers=headers or context.headers,
                         on_delivery=lambda error, _: error and failures.append(error))
    left = producer.flush(PATIENCE_SECONDS)
    if left or failures:
        sys.exit("%d records not delivered: %s" % (left, failures))


def consume(format, topic, count, bootstrap):
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "python-" + topic, "auto.offset.reset": "earliest"})
    consumer.subscribe([topic])
    for _ in range(count):
        message = consumer.poll(PATIENCE_SECONDS)
        if message is None or message.error():
            sys.exit("nothing to read: %s" % (message and message.error()))
        context = SerializationContext(topic, MessageField.VALUE, message.headers())
        value = format.deserialize(message.value(), context) if message.value() is not None else None
        print(json.dumps(None if value is None else format.canonical(value)))
    consumer.close()


def main():
    mode, format, topic, count, url, bootstrap, data, *form = sys.argv[1:]
    kind, schema = FORMATS[format]
    settings = {"schema.id.serializer": header_schema_id_serializer} if form == ["header"] else {}
    data = pathlib.Path(data)
    made = kind(SchemaRegistryClient({"url": url}), (data / schema).read_text(), settings)
    if mode == "produce":
        lines = (data / (format.lower() + ".jsonl")).read_text().splitlines()[: int(count)]
        produce(made, topic, [json.loads(line) for line in lines], bootstrap)
    else:
        consume(made, topic, int(count), bootstrap)


if __name__ == "__main__":
    main()
