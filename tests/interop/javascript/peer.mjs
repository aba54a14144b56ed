// Produces or consumes the shared test records through the unmodified clients and a running Kafka.
//
// usage: node peer.mjs produce|consume AVRO|PROTOBUF|JSON TOPIC COUNT REGISTRY_URL BOOTSTRAP DATA_FOLDER [header]
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { createFileRegistry, fromBinary, fromJson, toJson } from '@bufbuild/protobuf';
import {
  FieldDescriptorProto_Type, FileDescriptorProtoSchema, file_google_protobuf_timestamp, file_google_protobuf_wrappers,
} from '@bufbuild/protobuf/wkt';
import sr from '@confluentinc/schemaregistry';
import { Kafka, logLevel, Partitioners } from 'kafkajs';

import { avroSettings, converter, leafFromCanonical, leafToCanonical } from './canonical.mjs';

const [mode, format, topic, countText, url, bootstrap, data, form] = process.argv.slice(2);
const count = Number(countText);
const text = (name) => readFile(path.join(data, name), 'utf8');
const newClient = () => new sr.SchemaRegistryClient({ baseURLs: [url], cacheCapacity: 100 });
const client = newClient();
const latest = {
  useLatestVersion: true,
  autoRegisterSchemas: false,
  ...(form === 'header' ? { schemaIdSerializer: sr.HeaderSchemaIdSerializer } : {}),
};

const register = async (schemaType, file) =>
  client.register(`${topic}-value`, { schemaType, schema: await text(file) });

async function avro() {
  const schema = JSON.parse(await text('avro.avsc'));
  return {
    register: () => register('AVRO', 'avro.avsc'),
    serializer: new sr.AvroSerializer(client, sr.SerdeType.VALUE, { ...latest, ...avroSettings() }),
    deserializer: new sr.AvroDeserializer(client, sr.SerdeType.VALUE, avroSettings()),
    fromCanonical: converter(schema, leafFromCanonical),
    toCanonical: converter(schema, leafToCanonical),
  };
}

/**
 * Fills in what the registry's descriptor leaves out, as the reference's does, and this runtime needs: full names of
 * types, the type of a map, and the names in JSON.
 */
function complete(file) {
  const messages = [];
  const enums = [];
  const collect = (message, scope) => {
    const name = `${scope}.${message.name}`;
    messages.push([name, message]);
    message.enumType.forEach((one) => enums.push(`${name}.${one.name}`));
    message.nestedType.forEach((nested) => collect(nested, name));
  };
  file.messageType.forEach((message) => collect(message, `.${file.package}`));
  file.enumType.forEach((one) => enums.push(`.${file.package}.${one.name}`));
  const known = new Set([...enums, ...messages.map(([name]) => name)]);
  for (const [scope, message] of messages) {
    for (const field of message.field) {
      field.jsonName ||= field.name.replace(/_(.)/g, (_, letter) => letter.toUpperCase());
      if (!field.typeName) continue;
      for (let around = scope; around; around = around.slice(0, around.lastIndexOf('.'))) {
        if (known.has(`${around}.${field.typeName}`)) field.typeName = `${around}.${field.typeName}`;
      }
      if (!field.typeName.startsWith('.')) field.typeName = `.${field.typeName}`;
      field.type = enums.includes(field.typeName) ? FieldDescriptorProto_Type.ENUM : FieldDescriptorProto_Type.MESSAGE;
    }
  }
}

async function protobuf() {
  // No protoc is needed: the registry gives the descriptor that the message type is made from.
  // A client that has registered a text takes it for the descriptor afterwards, so this is done by another one.
  const maker = newClient();
  const subject = 'made-by-javascript';
  const id = await maker.register(subject, { schemaType: 'PROTOBUF', schema: await text('protobuf.proto') });
  const made = await maker.getBySubjectAndId(subject, id, 'serialized');
  const file = fromBinary(FileDescriptorProtoSchema, Buffer.from(made.schema, 'base64'));
  file.name = 'protobuf.proto';
  complete(file);
  const known = [file_google_protobuf_timestamp, file_google_protobuf_wrappers].map((one) => one.proto);
  const registry = createFileRegistry(file, (name) => known.find((one) => one.name === name));
  const type = registry.getMessage('interop.proto.Outer.Event');
  // Registers, which sends the descriptor in base64.
  const settings = { ...latest, useLatestVersion: false, autoRegisterSchemas: true, registry };
  return {
    register: () => undefined,
    serializer: new sr.ProtobufSerializer(client, sr.SerdeType.VALUE, settings),
    deserializer: new sr.ProtobufDeserializer(client, sr.SerdeType.VALUE, { registry }),
    fromCanonical: (value) => fromJson(type, value),
    toCanonical: (value) => toJson(type, value),
  };
}

async function json() {
  // The client's validator knows no formats unless it is given them.
  const settings = { validate: true, validateFormats: false };
  return {
    register: () => register('JSON', 'json.json'),
    serializer: new sr.JsonSerializer(client, sr.SerdeType.VALUE, { ...latest, ...settings }),
    deserializer: new sr.JsonDeserializer(client, sr.SerdeType.VALUE, settings),
    fromCanonical: (value) => value,
    toCanonical: (value) => value,
  };
}

async function produce(kafka, serde) {
  await serde.register();
  const lines = (await text(`${format.toLowerCase()}.jsonl`)).split('\n').slice(0, count);
  const messages = [];
  for (const [number, line] of lines.entries()) {
    const record = JSON.parse(line);
    const headers = {};
    const value = record === null ? null : await serde.serializer.serialize(topic, serde.fromCanonical(record), headers);
    messages.push({ key: String(number), value, headers });
  }
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  await producer.send({ topic, messages });
  await producer.disconnect();
}

async function consume(kafka, serde) {
  const consumer = kafka.consumer({ groupId: `javascript-${topic}` });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const read = async (value, headers) => {
    const message = await serde.deserializer.deserialize(topic, value, headers);
    // The client takes an empty payload for none, which in Protobuf is a message with nothing set.
    return message === null ? {} : serde.toCanonical(message);
  };
  let left = count;
  await new Promise((resolve, reject) => {
    const eachMessage = async ({ message }) => {
      if (left === 0) return;
      try {
        const { value, headers } = message;
        console.log(JSON.stringify(value === null ? null : await read(value, headers)));
      } catch (error) {
        reject(error);
      }
      left -= 1;
      if (left === 0) resolve();
    };
    consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
    consumer.run({ eachMessage }).catch(reject);
  });
  await consumer.disconnect();
}

// The client logs each answer that says that a topic is only being made.
const kafka = new Kafka({ clientId: 'peer', brokers: [bootstrap], logLevel: logLevel.NOTHING });
const serde = await { AVRO: avro, PROTOBUF: protobuf, JSON: json }[format]();
await { produce, consume }[mode](kafka, serde);
