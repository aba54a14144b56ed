import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import interop.avro.AllTypes;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.apache.avro.Conversions;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericFixed;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;

/**
 * Avro's generated classes, with the Java types of the logical types.
 *
 * <p>In the form of the data files, numbers of 64 bits and special floats are texts, bytes are hexadecimal, a decimal is
 * its digits, a date or time is the number on the wire, a duration is a list of its three numbers, and a union is its
 * bare value. Between that form and the classes stand Avro's conversions to and from the types on the wire.
 */
final class AvroFormat implements Format {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final SpecificData MODEL = new AllTypes().getSpecificData();
  private final Schema writer;

  AvroFormat(String schema) {
    writer = new Schema.Parser().parse(schema);
  }

  @Override
  public byte[] encode(JsonNode record) throws Exception {
    var out = new ByteArrayOutputStream();
    var encoder = EncoderFactory.get().binaryEncoder(out, null);
    var schema = AllTypes.getClassSchema();
    new SpecificDatumWriter<AllTypes>(schema, MODEL).write((AllTypes) fromCanonical(schema, record), encoder);
    encoder.flush();
    return out.toByteArray();
  }

  @Override
  public JsonNode decode(byte[] payload) throws Exception {
    var schema = AllTypes.getClassSchema();
    var reader = new SpecificDatumReader<AllTypes>(writer, schema, MODEL);
    return toCanonical(schema, reader.read(null, DecoderFactory.get().binaryDecoder(payload, null)));
  }

  private static Object fromCanonical(Schema schema, JsonNode node) {
    if (schema.isUnion()) {
      return fromCanonical(branch(schema, node), node);
    }
    var raw = rawFromCanonical(schema, node);
    var conversion = schema.getLogicalType() == null ? null : MODEL.getConversionFor(schema.getLogicalType());
    return conversion == null
        ? raw
        : Conversions.convertToLogicalType(raw, schema, schema.getLogicalType(), conversion);
  }

  /** The test's unions are chosen so that the kind of a value decides. */
  private static Schema branch(Schema union, JsonNode node) {
    var kind = switch (node.getNodeType()) {
      case NULL -> Schema.Type.NULL;
      case BOOLEAN -> Schema.Type.BOOLEAN;
      case NUMBER -> Schema.Type.INT;
      case STRING -> Schema.Type.STRING;
      case ARRAY -> Schema.Type.ARRAY;
      default -> Schema.Type.RECORD;
    };
    var types = union.getTypes();
    var found = types.stream().filter(branch -> branch.getType() == kind).findFirst();
    return found.orElseGet(() -> types.get(types.size() - 1));
  }

  private static Object rawFromCanonical(Schema schema, JsonNode node) {
    switch (schema.getType()) {
      case RECORD -> {
        var record = (IndexedRecord) MODEL.newRecord(null, schema);
        schema.getFields().forEach(
            field -> record.put(field.pos(), fromCanonical(field.schema(), node.get(field.name()))));
        return record;
      }
      case ARRAY -> {
        var items = new ArrayList<>();
        node.forEach(item -> items.add(fromCanonical(schema.getElementType(), item)));
        return items;
      }
      case MAP -> {
        var entries = new HashMap<String, Object>();
        node.properties().forEach(
            entry -> entries.put(entry.getKey(), fromCanonical(schema.getValueType(), entry.getValue())));
        return entries;
      }
      case BYTES -> {
        return ByteBuffer.wrap(bytesFromCanonical(schema, node));
      }
      case FIXED -> {
        return MODEL.createFixed(null, bytesFromCanonical(schema, node), schema);
      }
      default -> {
        return scalarFromCanonical(schema, node);
      }
    }
  }

  private static Object scalarFromCanonical(Schema schema, JsonNode node) {
    return switch (schema.getType()) {
      case NULL -> null;
      case BOOLEAN -> node.booleanValue();
      case INT -> node.intValue();
      case LONG -> Long.parseLong(node.textValue());
      case FLOAT -> (float) Double.parseDouble(node.asText());
      case DOUBLE -> Double.parseDouble(node.asText());
      case ENUM -> MODEL.createEnum(node.textValue(), schema);
      default -> node.textValue();
    };
  }

  private static byte[] bytesFromCanonical(Schema schema, JsonNode node) {
    if (schema.getLogicalType() instanceof LogicalTypes.Decimal) {
      var digits = new BigDecimal(node.textValue()).unscaledValue().toByteArray();
      if (schema.getType() == Schema.Type.BYTES) {
        return digits;
      }
      var fixed = ByteBuffer.allocate(schema.getFixedSize());
      for (int missing = schema.getFixedSize() - digits.length; missing > 0; missing--) {
        fixed.put((byte) (digits[0] < 0 ? -1 : 0));
      }
      return fixed.put(digits).array();
    }
    if (node.isArray()) {
      var duration = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
      node.forEach(part -> duration.putInt((int) part.longValue()));
      return duration.array();
    }
    return HexFormat.of().parseHex(node.textValue().replace("-", ""));
  }

  private static JsonNode toCanonical(Schema schema, Object value) {
    if (schema.isUnion()) {
      return toCanonical(schema.getTypes().get(MODEL.resolveUnion(schema, value)), value);
    }
    var logical = schema.getLogicalType();
    var conversion = logical == null || value == null ? null : MODEL.getConversionByClass(value.getClass(), logical);
    return rawToCanonical(
        schema, conversion == null ? value : Conversions.convertToRawType(value, schema, logical, conversion));
  }

  private static JsonNode rawToCanonical(Schema schema, Object raw) {
    switch (schema.getType()) {
      case RECORD -> {
        var record = JSON.objectNode();
        for (var field : schema.getFields()) {
          record.set(field.name(), toCanonical(field.schema(), ((IndexedRecord) raw).get(field.pos())));
        }
        return record;
      }
      case ARRAY -> {
        var items = JSON.arrayNode();
        ((Collection<?>) raw).forEach(item -> items.add(toCanonical(schema.getElementType(), item)));
        return items;
      }
      case MAP -> {
        var entries = JSON.objectNode();
        ((Map<?, ?>) raw).forEach(
            (key, value) -> entries.set(key.toString(), toCanonical(schema.getValueType(), value)));
        return entries;
      }
      case BYTES -> {
        var bytes = new byte[((ByteBuffer) raw).remaining()];
        ((ByteBuffer) raw).duplicate().get(bytes);
        return bytesToCanonical(schema, bytes);
      }
      case FIXED -> {
        return bytesToCanonical(schema, ((GenericFixed) raw).bytes());
      }
      default -> {
        return scalarToCanonical(schema, raw);
      }
    }
  }

  private static JsonNode scalarToCanonical(Schema schema, Object raw) {
    return switch (schema.getType()) {
      case NULL -> JSON.nullNode();
      case BOOLEAN -> JSON.booleanNode((Boolean) raw);
      case INT -> JSON.numberNode((Integer) raw);
      case FLOAT, DOUBLE -> floatToCanonical(((Number) raw).doubleValue());
      default -> JSON.textNode(raw.toString());
    };
  }

  private static JsonNode floatToCanonical(double number) {
    if (Double.isNaN(number) || Double.isInfinite(number)) {
      return JSON.textNode(String.valueOf(number));
    }
    return number == 0 && 1 / number < 0 ? JSON.textNode("-0") : JSON.numberNode(number);
  }

  private static JsonNode bytesToCanonical(Schema schema, byte[] bytes) {
    if (schema.getLogicalType() instanceof LogicalTypes.Decimal decimal) {
      return JSON.textNode(new BigDecimal(new java.math.BigInteger(bytes), decimal.getScale()).toPlainString());
    }
    if ("Period".equals(schema.getName())) {
      var parts = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      var list = JSON.arrayNode();
      while (parts.hasRemaining()) {
        list.add(Integer.toUnsignedLong(parts.getInt()));
      }
      return list;
    }
    var text = HexFormat.of().formatHex(bytes);
    return JSON.textNode("Identity".equals(schema.getName())
        ? text.replaceFirst("(.{8})(.{4})(.{4})(.{4})(.{12})", "$1-$2-$3-$4-$5")
        : text);
  }
}
