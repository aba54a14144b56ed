import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;

/** The three calls that a serializer makes, by plain HTTP. */
record Registry(String url, HttpClient http, ObjectMapper json) {
  Registry(String url) {
    this(url, HttpClient.newHttpClient(), new ObjectMapper());
  }

  /** Registers a schema and gives its id. */
  int register(String subject, String type, String schema) throws Exception {
    var body = json.createObjectNode().put("schemaType", type).put("schema", schema).toString();
    var request = HttpRequest.newBuilder(URI.create(url + "/subjects/" + subject + "/versions"));
    request.header("Content-Type", "application/vnd.schemaregistry.v1+json").POST(BodyPublishers.ofString(body));
    return answer(request).get("id").intValue();
  }

  /** The text of a schema. */
  String schema(int id) throws Exception {
    return answer(HttpRequest.newBuilder(URI.create(url + "/schemas/ids/" + id))).get("schema").textValue();
  }

  /** The descriptor of a Protobuf schema, in base64. */
  String descriptor(int id) throws Exception {
    var request = HttpRequest.newBuilder(URI.create(url + "/schemas/ids/" + id + "?format=serialized"));
    return answer(request).get("schema").textValue();
  }

  private JsonNode answer(HttpRequest.Builder request) throws Exception {
    var response = http.send(request.build(), BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IllegalStateException(response.statusCode() + " " + response.body());
    }
    return json.readTree(response.body());
  }
}
