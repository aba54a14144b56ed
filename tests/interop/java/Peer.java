import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Produces or consumes the shared test records with Kafka's own client, Avro's generated classes, Protobuf's runtime and
 * Jackson, and with a framing of its own.
 *
 * <p>usage: Peer produce|consume AVRO|PROTOBUF|JSON TOPIC COUNT REGISTRY_URL BOOTSTRAP DATA_FOLDER
 */
public final class Peer {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Registry registry;
  private final String format;
  private final Map<Integer, Format> formats = new HashMap<>();

  private Peer(Registry registry, String format) {
    this.registry = registry;
    this.format = format;
  }

  public static void main(String[] arguments) throws Exception {
    var format = arguments[1];
    var peer = new Peer(new Registry(arguments[4]), format);
    var count = Integer.parseInt(arguments[3]);
    if (arguments[0].equals("produce")) {
      var extension = Map.of("AVRO", ".avsc", "PROTOBUF", ".proto", "JSON", ".json").get(format);
      var data = Path.of(arguments[6]);
      var schema = Files.readString(data.resolve(format.toLowerCase() + extension));
      var lines = Files.readAllLines(data.resolve(format.toLowerCase() + ".jsonl"));
      peer.produce(arguments[2], arguments[5], schema, lines.subList(0, count));
    } else {
      peer.consume(arguments[2], arguments[5], count);
    }
  }

  private void produce(String topic, String bootstrap, String schema, List<String> lines) throws Exception {
    var id = registry.register(topic + "-value", format, schema);
    Map<String, Object> settings = Map.of("bootstrap.servers", bootstrap, "key.serializer", StringSerializer.class,
        "value.serializer", ByteArraySerializer.class);
    try (var producer = new KafkaProducer<String, byte[]>(settings)) {
      for (int number = 0; number < lines.size(); number++) {
        var record = JSON.readTree(lines.get(number));
        byte[] value = record.isNull() ? null : framed(id, formatOf(id), formatOf(id).encode(record));
        producer.send(new ProducerRecord<>(topic, String.valueOf(number), value)).get();
      }
    }
  }

  private static byte[] framed(int id, Format format, byte[] payload) {
    var indexes = format.messageIndexes();
    var buffer = ByteBuffer.allocate(5 + indexes.length + payload.length);
    return buffer.put((byte) 0).putInt(id).put(indexes).put(payload).array();
  }

  private void consume(String topic, String bootstrap, int count) throws Exception {
    Map<String, Object> settings = Map.of("bootstrap.servers", bootstrap, "group.id", "java-" + topic,
        "auto.offset.reset", "earliest", "enable.auto.commit", false, "key.deserializer", StringDeserializer.class,
        "value.deserializer", ByteArrayDeserializer.class);
    try (var consumer = new KafkaConsumer<String, byte[]>(settings)) {
      consumer.subscribe(List.of(topic));
      for (int left = count; left > 0; ) {
        var records = consumer.poll(PATIENCE);
        if (records.isEmpty()) {
          throw new IllegalStateException("nothing to read");
        }
        for (var record : records) {
          left--;
          System.out.println(record.value() == null ? "null" : read(record.value()).toString());
        }
      }
    }
  }

  private Object read(byte[] data) throws Exception {
    var buffer = ByteBuffer.wrap(data);
    if (buffer.get() != 0) {
      throw new IllegalStateException("unknown magic byte");
    }
    var decoder = formatOf(buffer.getInt());
    var indexes = new byte[decoder.messageIndexes().length];
    buffer.get(indexes);
    if (!java.util.Arrays.equals(indexes, decoder.messageIndexes())) {
      throw new IllegalStateException("another message");
    }
    var payload = new byte[buffer.remaining()];
    buffer.get(payload);
    return decoder.decode(payload);
  }

  private Format formatOf(int id) throws Exception {
    var known = formats.get(id);
    if (known == null) {
      known = switch (format) {
        case "AVRO" -> new AvroFormat(registry.schema(id));
        case "PROTOBUF" -> new ProtobufFormat(registry.descriptor(id));
        default -> new JsonFormat();
      };
      formats.put(id, known);
    }
    return known;
  }
}
