import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Properties;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Produced;

/**
 * The mapping of the example as a Kafka Streams application: clicks of the third version become clicks of the second.
 *
 * <p>Arguments: bootstrap servers, source, target, application id, threads, schema id of the target.
 */
final class Streams {
  private static final int PREFIX = 5;

  /** What one thread needs again for every record. */
  private static final class Mapper {
    private final SpecificDatumReader<ads.v3.AdClick> reader =
        new SpecificDatumReader<>(ads.v3.AdClick.class);
    private final SpecificDatumWriter<ads.AdClick> writer = new SpecificDatumWriter<>(ads.AdClick.class);
    private final ByteArrayOutputStream out = new ByteArrayOutputStream(1024);
    private final byte[] prefix;
    private final int[] same;
    private BinaryDecoder decoder;
    private BinaryEncoder encoder;

    Mapper(int id) {
      prefix = ByteBuffer.allocate(PREFIX).put((byte) 0).putInt(id).array();
      Schema from = ads.v3.AdClick.getClassSchema();
      // For each field of the target: where the source has it under the same name and type.
      same = ads.AdClick.getClassSchema().getFields().stream()
          .mapToInt(field -> {
            Schema.Field other = from.getField(field.name());
            boolean copied = other != null && other.schema().equals(field.schema());
            return copied ? other.pos() : -1;
          })
          .toArray();
    }

    byte[] map(byte[] record) {
      try {
        decoder = DecoderFactory.get().binaryDecoder(record, PREFIX, record.length - PREFIX, decoder);
        ads.v3.AdClick click = reader.read(null, decoder);
        ads.AdClick old = new ads.AdClick();
        for (int field = 0; field < same.length; field++) {
          if (same[field] >= 0) {
            old.put(field, click.get(same[field]));
          }
        }
        ads.v3.Device device = click.getDevice();
        String browser = device.getBrowserName() + " " + device.getBrowserVersion();
        old.setDevice(new ads.Device(ads.Os.valueOf(device.getOs().name()), browser, device.getIpHash()));
        old.setUserId(click.getUser().getId());
        old.setCampaignId(Long.parseLong(click.getCampaignId().toString()));
        out.reset();
        out.write(prefix);
        encoder = EncoderFactory.get().binaryEncoder(out, encoder);
        writer.write(old, encoder);
        encoder.flush();
        return out.toByteArray();
      } catch (IOException error) {
        throw new UncheckedIOException(error);
      }
    }
  }

  public static void main(String[] arguments) {
    Properties settings = new Properties();
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, arguments[0]);
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, arguments[3]);
    settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, arguments[4]);
    settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, "100");
    settings.put(StreamsConfig.STATE_DIR_CONFIG, System.getProperty("state.dir"));
    settings.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
    int id = Integer.parseInt(arguments[5]);
    ThreadLocal<Mapper> mapper = ThreadLocal.withInitial(() -> new Mapper(id));
    StreamsBuilder builder = new StreamsBuilder();
    builder.stream(arguments[1], Consumed.with(Serdes.ByteArray(), Serdes.ByteArray()))
        .mapValues(record -> mapper.get().map(record))
        .to(arguments[2], Produced.with(Serdes.ByteArray(), Serdes.ByteArray()));
    KafkaStreams streams = new KafkaStreams(builder.build(), settings);
    Runtime.getRuntime().addShutdownHook(new Thread(streams::close));
    streams.start();
  }
}
