import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/** Documents as they are: Jackson does not validate. */
final class JsonFormat implements Format {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Override
  public byte[] encode(JsonNode record) throws Exception {
    return JSON.writeValueAsBytes(record);
  }

  @Override
  public JsonNode decode(byte[] payload) throws Exception {
    return JSON.readTree(payload);
  }
}
