import java.io.File;

import org.apache.avro.Schema;
import org.apache.avro.compiler.specific.SpecificCompiler;
import org.apache.avro.generic.GenericData;

/** Writes the classes of an Avro schema, as Avro's own build plug-in does. */
public final class GenerateTypes {
  /** The schema's file and the folder to write to. */
  public static void main(String[] arguments) throws Exception {
    var compiler = new SpecificCompiler(new Schema.Parser().parse(new File(arguments[0])));
    compiler.setStringType(GenericData.StringType.String);
    compiler.setEnableDecimalLogicalType(true);
    compiler.compileToDestination(null, new File(arguments[1]));
  }
}
