// Asks each query named on the lines of a file (path of a query) with Jena over one dataset, and prints each answer as one line of
// SPARQL JSON: the triples of the first file are the default graph, the quads of the second the named ones.
import java.io.ByteArrayOutputStream;
import java.nio.file.*;
import org.apache.jena.query.*;
import org.apache.jena.riot.RDFDataMgr;

public class Ask {
  public static void main(String[] given) throws Exception {
    Dataset data = DatasetFactory.create();
    RDFDataMgr.read(data.getDefaultModel(), given[0]);
    RDFDataMgr.read(data, given[1]);
    for (String path : Files.readAllLines(Path.of(given[2]))) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      try (QueryExecution asked = QueryExecutionFactory.create(Files.readString(Path.of(path)), data)) {
        ResultSetFormatter.outputAsJSON(out, asked.execSelect());
      }
      System.out.println(out.toString("UTF-8").replace("\r", "").replace("\n", " "));
    }
  }
}
