// Validates each pair of files (data, shapes; N-Triples) named on lines of a file with Jena, and prints a tab-separated line for each
// result, with the number of its pair.
import java.nio.file.*;
import org.apache.jena.graph.*;
import org.apache.jena.riot.*;
import org.apache.jena.shacl.*;
import org.apache.jena.shacl.validation.ReportEntry;

public class Validate {
  static String show(Node node) {
    return node == null ? "" : node.isURI() ? "<" + node.getURI() + ">" : node.isBlank() ? "_:" : node.getLiteralLexicalForm();
  }

  public static void main(String[] given) throws Exception {
    int number = 0;
    for (String line : Files.readAllLines(Path.of(given[0]))) {
      String[] pair = line.split("\t");
      Graph data = RDFDataMgr.loadGraph(pair[0]);
      ValidationReport report = ShaclValidator.get().validate(Shapes.parse(RDFDataMgr.loadGraph(pair[1])), data);
      for (ReportEntry entry : report.getEntries()) {
        System.out.println(String.join("\t", "" + number, show(entry.focusNode()), show(entry.value()).replaceAll("\\s", " "),
            show(entry.sourceConstraintComponent()), show(entry.source()), show(entry.severity().level())));
      }
      number++;
    }
  }
}
