// Asks an endpoint each query of a JSON object (name -> text; the first word of a name is its form) with Jena's client, by GET and by POST
// of a form, and prints what came as JSON: way -> query -> answer.
import java.util.*;
import org.apache.jena.atlas.json.*;
import org.apache.jena.query.*;
import org.apache.jena.sparql.exec.http.*;

public class AskEndpoint {
  static Object ask(String url, String form, String text, QuerySendMode mode) {
    try (QueryExecutionHTTP asked = QueryExecutionHTTPBuilder.service(url).query(text).sendMode(mode).build()) {
      switch (form) {
        case "ASK": return asked.execAsk();
        case "CONSTRUCT": return asked.execConstruct().size();
        case "DESCRIBE": return asked.execDescribe().size();
        default: {
          List<String> found = new ArrayList<>();
          asked.execSelect().forEachRemaining(row -> found.add(row.get("label").asLiteral().getLexicalForm()));
          return found;
        }
      }
    } catch (Exception error) {
      return error.getClass().getSimpleName() + ": " + error.getMessage();
    }
  }

  public static void main(String[] given) {
    JsonObject found = new JsonObject();
    for (QuerySendMode mode : List.of(QuerySendMode.asGetAlways, QuerySendMode.asPostForm, QuerySendMode.asPost)) {
      JsonObject answers = new JsonObject();
      JSON.parse(given[1]).forEach((name, text) -> {
        Object answer = ask(given[0], name.split(" ")[0], text.getAsString().value(), mode);
        if (answer instanceof Boolean) answers.put(name, (Boolean) answer);
        else if (answer instanceof Long) answers.put(name, (Long) answer);
        else if (answer instanceof String) answers.put(name, (String) answer);
        else {
          JsonArray values = new JsonArray();
          ((List<?>) answer).forEach(value -> values.add((String) value));
          answers.put(name, values);
        }
      });
      found.put("Jena " + mode, answers);
    }
    System.out.println(found.toString().replace("\n", " "));
  }
}
