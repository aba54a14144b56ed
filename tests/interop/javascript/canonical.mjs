// Avro values in the form that the data files and the other peers have them in, and back.
//
// Numbers of 64 bits and special floats are texts, bytes are hexadecimal, a decimal is its digits, a date or time is the
// number on the wire, a duration is a list of its three numbers, and a union is its bare value. The client gives the
// values behind the logical types.
import avro from 'avsc';

/** Longs as BigInt: a number of JavaScript would lose digits, so the client refuses those without this setting. */
const longs = () =>
  avro.types.LongType.__with({
    fromBuffer: (buffer) => buffer.readBigInt64LE(),
    toBuffer: (value) => {
      const buffer = Buffer.alloc(8);
      buffer.writeBigInt64LE(value);
      return buffer;
    },
    fromJSON: BigInt,
    toJSON: String,
    isValid: (value) => typeof value === 'bigint',
    compare: (one, other) => (one < other ? -1 : Number(one > other)),
  });

/** The settings of a serializer or deserializer. */
export const avroSettings = () => {
  const long = longs();
  return { typeHook: (schema) => (schema === 'long' || schema.type === 'long' ? long : undefined) };
};

const SPECIAL = { NaN, Infinity, '-Infinity': -Infinity, '-0': -0 };

/** Converts values by a schema; `leaf(schema, type name, value)` does what holds no further value. */
export function converter(root, leaf) {
  const names = {};
  const collect = (schema) => {
    if (Array.isArray(schema)) schema.forEach(collect);
    if (typeof schema !== 'object') return;
    if (schema.name) names[schema.name] = schema;
    for (const inner of [schema.items, schema.values, ...(schema.fields ?? []).map((field) => field.type)]) {
      if (inner !== undefined) collect(inner);
    }
  };
  collect(root);
  const resolved = (schema) => {
    const found = names[schema] ?? schema;
    return typeof found === 'string' ? { type: found } : found;
  };
  const kinds = { boolean: 'boolean', number: 'int', string: 'string', object: 'record' };
  // The test's unions are chosen so that the kind of a value decides.
  const branch = (union, value) => {
    if (value === null) return 'null';
    const others = union.filter((one) => one !== 'null');
    const kind = Array.isArray(value) ? 'array' : kinds[typeof value];
    return others.length === 1 ? others[0] : others.find((one) => resolved(one).type === kind);
  };
  const entries = (value, convertInner) =>
    Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, convertInner(key, inner)]));
  const convert = (schema, value) => {
    if (Array.isArray(schema)) return convert(branch(schema, value), value);
    const found = resolved(schema);
    if (found.type === 'array') return value.map((item) => convert(found.items, item));
    if (found.type === 'map') return entries(value, (_, inner) => convert(found.values, inner));
    if (found.type !== 'record') return leaf(found, found.type, value);
    const types = Object.fromEntries(found.fields.map((field) => [field.name, field.type]));
    return entries(value, (name, inner) => convert(types[name], inner));
  };
  return (value) => convert(root, value);
}

export function leafToCanonical(schema, kind, value) {
  if (schema.logicalType === 'decimal') return digits(value, schema.scale ?? 0);
  if (schema.logicalType === 'uuid' && kind === 'fixed') {
    return value.toString('hex').replace(/(.{8})(.{4})(.{4})(.{4})(.*)/, '$1-$2-$3-$4-$5');
  }
  if (schema.logicalType === 'duration') return [0, 4, 8].map((offset) => value.readUInt32LE(offset));
  if (kind === 'long') return String(value);
  if (kind === 'bytes' || kind === 'fixed') return value.toString('hex');
  const special = Object.keys(SPECIAL).find((name) => Object.is(SPECIAL[name], value));
  return kind === 'float' || kind === 'double' ? special ?? value : value;
}

export function leafFromCanonical(schema, kind, value) {
  if (schema.logicalType === 'decimal') return twosComplement(BigInt(value.replace('.', '')), schema.size);
  if (schema.logicalType === 'uuid' && kind === 'fixed') return Buffer.from(value.replaceAll('-', ''), 'hex');
  if (schema.logicalType === 'duration') return Buffer.from(new Uint32Array(value).buffer);
  if (kind === 'long') return BigInt(value);
  if (kind === 'bytes' || kind === 'fixed') return Buffer.from(value, 'hex');
  return kind === 'float' || kind === 'double' ? SPECIAL[value] ?? value : value;
}

function digits(bytes, scale) {
  const unscaled = BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString('hex') || '0'}`));
  const text = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  const whole = text.slice(0, text.length - scale);
  return `${unscaled < 0n ? '-' : ''}${whole}${scale > 0 ? `.${text.slice(-scale)}` : ''}`;
}

/** The bytes of a number: `size` of them, or as few as hold it with its sign. */
function twosComplement(unscaled, size) {
  let length = size ?? 1;
  while (size === undefined && BigInt.asIntN(length * 8, unscaled) !== unscaled) length += 1;
  return Buffer.from(BigInt.asUintN(length * 8, unscaled).toString(16).padStart(length * 2, '0'), 'hex');
}
