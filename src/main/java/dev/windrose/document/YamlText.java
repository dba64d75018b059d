package dev.windrose.document;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.representer.Representer;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * YAML as JSON trees, and back. Of the texts without quotes only {@code true}, {@code false}, {@code null} and numbers mean
 * more than themselves, so that a time or the name {@code no} stays what was written.
 */
public final class YamlText {

    /** Characters of one text that is read. */
    public static final int MAX_LENGTH = 4 << 20;

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final class Core extends Resolver {

        @Override
        protected void addImplicitResolvers() {
            addImplicitResolver(Tag.MERGE, Pattern.compile("^<<$"), "<");
            addImplicitResolver(Tag.BOOL, Pattern.compile("^(true|false)$"), "tf");
            addImplicitResolver(Tag.NULL, Pattern.compile("^(~|null|)$"), "~n\0");
            addImplicitResolver(Tag.NULL, Pattern.compile("^$"), null);
            addImplicitResolver(Tag.INT, Pattern.compile("^-?(0|[1-9][0-9]{0,17})$"), "-0123456789");
            addImplicitResolver(
                    Tag.FLOAT, Pattern.compile("^-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?$"), "-0123456789");
        }
    }

    private static Yaml yaml() {
        LoaderOptions reading = new LoaderOptions();
        reading.setAllowDuplicateKeys(false);
        reading.setCodePointLimit(MAX_LENGTH);
        reading.setMaxAliasesForCollections(200);
        reading.setNestingDepthLimit(32);
        DumperOptions writing = new DumperOptions();
        writing.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
        writing.setIndent(2);
        writing.setWidth(120);
        writing.setSplitLines(false);
        return new Yaml(new SafeConstructor(reading), new Representer(writing), writing, reading, new Core());
    }

    /**
     * The documents of a text, without empty ones.
     *
     * @throws IllegalArgumentException with one line that says where it is wrong
     */
    public static List<JsonNode> documents(String text) {
        try {
            List<JsonNode> documents = new ArrayList<>();
            for (Object document : yaml().loadAll(text)) {
                if (document != null) {
                    documents.add(JSON.valueToTree(document));
                }
            }
            return documents;
        } catch (MarkedYAMLException e) {
            String where = e.getProblemMark() == null
                    ? ""
                    : " at line " + (e.getProblemMark().getLine() + 1) + ", column "
                            + (e.getProblemMark().getColumn() + 1);
            throw new IllegalArgumentException("yaml: " + e.getProblem() + where + " (expected: valid YAML)", e);
        } catch (YAMLException e) {
            throw new IllegalArgumentException(
                    "yaml: " + String.valueOf(e.getMessage()).replaceAll("\\s+", " ") + " (expected: valid YAML)", e);
        }
    }

    /** A tree as text; {@link #documents} reads the same tree from it. */
    public static String of(JsonNode tree) {
        return yaml().dump(JSON.convertValue(tree, Object.class));
    }

    private YamlText() {}
}
