import com.fasterxml.jackson.databind.JsonNode;

/** One format: records in the form of the data files become payloads, and payloads become what is printed. */
interface Format {
  byte[] encode(JsonNode record) throws Exception;

  JsonNode decode(byte[] payload) throws Exception;

  /** What stands between the schema id and the payload. */
  default byte[] messageIndexes() {
    return new byte[0];
  }
}
