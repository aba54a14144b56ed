import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.TimestampProto;
import com.google.protobuf.WrappersProto;
import com.google.protobuf.util.JsonFormat;
import java.util.Base64;

/** Dynamic messages by the descriptor that the registry gives. */
final class ProtobufFormat implements Format {
  private static final ObjectMapper JSON = new ObjectMapper();
  private final Descriptor descriptor;

  ProtobufFormat(String base64) throws Exception {
    var file = FileDescriptorProto.parseFrom(Base64.getDecoder().decode(base64));
    FileDescriptor[] known = {TimestampProto.getDescriptor(), WrappersProto.getDescriptor()};
    descriptor = FileDescriptor.buildFrom(file, known).findMessageTypeByName("Outer").findNestedTypeByName("Event");
  }

  @Override
  public byte[] encode(JsonNode record) throws Exception {
    var message = DynamicMessage.newBuilder(descriptor);
    JsonFormat.parser().merge(record.toString(), message);
    return message.build().toByteArray();
  }

  @Override
  public JsonNode decode(byte[] payload) throws Exception {
    var message = DynamicMessage.parseFrom(descriptor, payload);
    return JSON.readTree(JsonFormat.printer().omittingInsignificantWhitespace().print(message));
  }

  /** Two steps, the second message each time, as zig-zag numbers. */
  @Override
  public byte[] messageIndexes() {
    return new byte[] {4, 2, 2};
  }
}
