import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.DatumWriter;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;

/**
 * Measures Apache Avro's generated classes and generic records on the records of the benchmark, by turns with it:
 * external.rs says how they talk.
 */
public final class Peer {
  /** The processor time of a process is counted in hundredths of a second: a sample has a few dozen. */
  private static final long SAMPLE_NANOSECONDS = 400_000_000;
  /** Passes that the compiler is given before the first sample. */
  private static final int WARM_UP_PASSES = 60;
  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private final List<byte[]> records;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private BinaryEncoder encoder;
  private BinaryDecoder decoder;
  /** Keeps what was read alive, so that reading cannot be left out. */
  private Object last;

  /** An operation on all records. */
  private interface Pass {
    void run() throws IOException;
  }

  private Peer(List<byte[]> records) {
    this.records = records;
  }

  /** The folder with records and schemas, and the shape's name. */
  public static void main(String[] arguments) throws Exception {
    var folder = Path.of(arguments[0]);
    var peer = new Peer(read(folder.resolve("records")));
    var writer = new Schema.Parser().parse(folder.resolve("writer.avsc").toFile());
    var ad = arguments[1].equals("ad");
    var passes = ad
        ? peer.passes(writer, bench.AdClick.getClassSchema(), bench.reader.AdClick.getClassSchema())
        : peer.passes(writer, bench.Tiny.getClassSchema(), bench.reader.Tiny.getClassSchema());
    for (var pass : passes) {
      for (int count = 0; count < WARM_UP_PASSES; count++) {
        pass.run();
      }
    }
    System.out.println("encode,decode owned,decode generic,reader schema");
    var input = new BufferedReader(new InputStreamReader(System.in));
    while (input.readLine() != null) {
      var samples = new ArrayList<String>();
      for (var pass : passes) {
        samples.add(String.format(Locale.ROOT, "%.1f", peer.measure(pass)));
      }
      System.out.println(String.join(" ", samples));
    }
  }

  private static List<byte[]> read(Path path) throws IOException {
    var records = new ArrayList<byte[]>();
    try (var data = new DataInputStream(Files.newInputStream(path))) {
      var all = new DataInputStream(new java.io.ByteArrayInputStream(data.readAllBytes()));
      while (all.available() > 0) {
        records.add(all.readNBytes(all.readInt()));
      }
    }
    return records;
  }

  private List<Pass> passes(Schema writer, Schema own, Schema reader) throws IOException {
    var typedWriter = new SpecificDatumWriter<SpecificRecord>(own);
    var typed = new SpecificDatumReader<SpecificRecord>(writer, own);
    var generic = new GenericDatumReader<GenericRecord>(writer);
    var resolving = new SpecificDatumReader<SpecificRecord>(writer, reader);
    var values = new ArrayList<SpecificRecord>();
    for (var record : records) {
      values.add(decode(typed, record));
    }
    for (int at = 0; at < values.size(); at++) {
      var value = values.get(at);
      var record = records.get(at);
      check(at, record, encode(typedWriter, value), value, typed);
      var tree = decode(generic, record);
      check(at, record, encode(new GenericDatumWriter<>(writer), tree), value, typed);
      if (!resolvedAs(decode(resolving, record), value)) {
        throw new IllegalStateException("record " + at + ": the reader schema gives another value");
      }
    }
    return List.of(
        () -> {
          for (var value : values) {
            last = encode(typedWriter, value);
          }
        },
        () -> decodeAll(typed), () -> decodeAll(generic), () -> decodeAll(resolving));
  }

  private void decodeAll(DatumReader<?> reader) throws IOException {
    for (var record : records) {
      last = decode(reader, record);
    }
  }

  private <T> T decode(DatumReader<T> reader, byte[] record) throws IOException {
    decoder = DecoderFactory.get().binaryDecoder(record, decoder);
    return reader.read(null, decoder);
  }

  private <T> ByteArrayOutputStream encode(DatumWriter<T> writer, T value) throws IOException {
    out.reset();
    encoder = EncoderFactory.get().binaryEncoder(out, encoder);
    writer.write(value, encoder);
    encoder.flush();
    return out;
  }

  /** Compares bytes, or, as Java's maps have another order, lengths and what is read of them. */
  private void check(int at, byte[] record, ByteArrayOutputStream written, SpecificRecord value,
      DatumReader<SpecificRecord> reader) throws IOException {
    var bytes = written.toByteArray();
    if (!Arrays.equals(bytes, record) && !(bytes.length == record.length && decode(reader, bytes).equals(value))) {
      throw new IllegalStateException("record " + at + ": another record is written");
    }
  }

  /** Whether each field is the writer's, perhaps as a wider number, or else has its default. */
  private static boolean resolvedAs(IndexedRecord read, IndexedRecord value) {
    return read.getSchema().getFields().stream().allMatch(field -> {
      var own = read.get(field.pos());
      var writers = value.getSchema().getField(field.name());
      var expected = writers == null ? Map.of("bid_micros", 7L, "qty", 1L).get(field.name()) : value.get(writers.pos());
      return own instanceof Number number && expected instanceof Number other
          ? number.doubleValue() == other.doubleValue()
          : java.util.Objects.equals(own, expected);
    });
  }

  /** Nanoseconds of processor time per record, those of the garbage collector included. */
  private double measure(Pass pass) throws IOException {
    var before = SYSTEM.getProcessCpuTime();
    int passes = 0;
    do {
      pass.run();
      passes++;
    } while (SYSTEM.getProcessCpuTime() - before < SAMPLE_NANOSECONDS);
    return (SYSTEM.getProcessCpuTime() - before) / (double) passes / records.size();
  }
}
