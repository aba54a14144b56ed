// Writes ad clicks and reads them back in all three formats, through the unmodified npm client.
//
// usage: node ad_clicks.mjs REGISTRY_URL EXAMPLE_DIRECTORY
//
// The serializers run without a broker: what they need from Kafka is only the name of the topic.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { create, createFileRegistry, equals, fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import sr from '@confluentinc/schemaregistry';

const RECORDS = 500;
const [url, example] = process.argv.slice(2);
const text = (name) => readFile(path.join(example, name), 'utf8');
const client = () => new sr.SchemaRegistryClient({ baseURLs: [url], cacheCapacity: 100 });

/** A generator that gives the same numbers in every run: `Math.random` has no seed. */
function numbers(seed) {
  let state = seed;
  return (bound) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
}

/** A record of version 1; some of its counts and categories are missing. */
function click(choose) {
  const record = {
    event_time: 1_400_000_000_000 + choose(400_000_000),
    user_id: `user-${choose(1e9).toString(16)}`,
    campaign_id: choose(2 ** 31) - 2 ** 30,
    label: choose(2),
    tags: Array.from({ length: choose(5) }, () => ['top', 'side', 'Обозреватель'][choose(3)]),
    scores: Object.fromEntries(Array.from({ length: choose(4) }, (_, index) => [`model-${index}`, choose(100) / 8])),
  };
  for (let index = 1; index <= 13; index += 1) record[`I${index}`] = choose(3) === 0 ? null : choose(2 ** 31);
  for (let index = 1; index <= 26; index += 1) record[`C${index}`] = choose(3) === 0 ? null : choose(1e9).toString(16);
  return record;
}

async function roundTrip(topic, serializer, deserializer, records, same) {
  for (const record of records) {
    const data = await serializer.serialize(topic, record);
    assert.equal(data[0], 0, 'the magic byte');
    same(await deserializer.deserialize(topic, data), record);
  }
  const { id } = await client().getLatestSchemaMetadata(`${topic}-value`);
  const data = await serializer.serialize(topic, records[0]);
  assert.equal(data.readUInt32BE(1), id, 'the id in the frame');
}

const latest = { useLatestVersion: true, autoRegisterSchemas: false };

async function avro(records) {
  const topic = 'avro-clicks';
  await client().register(`${topic}-value`, { schemaType: 'AVRO', schema: await text('v1.avsc') });
  const device = { os: 'IOS', browser: 'Safari', ip_hash: Buffer.from([1, 2, 255]) };
  const clicks = records.map((record) => ({ ...record, device }));
  const serializer = new sr.AvroSerializer(client(), sr.SerdeType.VALUE, latest);
  const deserializer = new sr.AvroDeserializer(client(), sr.SerdeType.VALUE, {});
  const plain = (value) => JSON.parse(JSON.stringify(value));
  await roundTrip(topic, serializer, deserializer, clicks, (got, want) => assert.deepEqual(plain(got), plain(want)));
}

async function json(records) {
  const topic = 'json-clicks';
  await client().register(`${topic}-value`, { schemaType: 'JSON', schema: await text('v1.json') });
  const clicks = records.map((record) => ({ ...record, device: { os: 'IOS', browser: 'Safari', ip_hash: 'AQL/' } }));
  const serializer = new sr.JsonSerializer(client(), sr.SerdeType.VALUE, { ...latest, validate: true });
  const deserializer = new sr.JsonDeserializer(client(), sr.SerdeType.VALUE, { validate: true });
  await roundTrip(topic, serializer, deserializer, clicks, assert.deepEqual);
  await assert.rejects(serializer.serialize(topic, { ...clicks[0], label: 'yes' }), 'a forbidden document was written');
}

/** The message type, made from the descriptor that the registry gives: no protoc is needed. */
async function adClickType() {
  const { id } = await client().getLatestSchemaMetadata('made-clicks-value');
  const { schema } = await client().getBySubjectAndId('made-clicks-value', id, 'serialized');
  const file = fromBinary(FileDescriptorProtoSchema, Buffer.from(schema, 'base64'));
  file.name = 'ad_click.proto';
  const registry = createFileRegistry(file, () => undefined);
  return { registry, type: registry.getMessage('ads.AdClick') };
}

async function protobuf(records) {
  const topic = 'protobuf-clicks';
  // The normal form has full names, which this runtime needs in a descriptor.
  const made = { schemaType: 'PROTOBUF', schema: await text('v1.proto') };
  await client().register('made-clicks-value', made, true);
  const { registry, type } = await adClickType();
  const clicks = records.map((record) => {
    const fields = { device: { os: 1, browser: 'Safari', ipHash: new Uint8Array([1, 2, 255]) } };
    for (const [key, value] of Object.entries(record)) {
      const name = key.toLowerCase().replace(/_(.)/g, (_, letter) => letter.toUpperCase());
      if (value !== null) fields[name] = ['event_time', 'campaign_id'].includes(key) ? BigInt(value) : value;
    }
    return create(type, fields);
  });
  // Registers, which sends the descriptor in base64.
  const serializer = new sr.ProtobufSerializer(client(), sr.SerdeType.VALUE, { registry, autoRegisterSchemas: true });
  const deserializer = new sr.ProtobufDeserializer(client(), sr.SerdeType.VALUE, { registry });
  await roundTrip(topic, serializer, deserializer, clicks, (got, want) => assert.ok(equals(type, got, want)));
}

const choose = numbers(20_260_117);
const records = Array.from({ length: RECORDS }, () => click(choose));
await avro(records);
await protobuf(records);
await json(records);
console.log(`${RECORDS} records round-tripped in AVRO, PROTOBUF and JSON`);
