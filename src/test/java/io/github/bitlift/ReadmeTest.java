package io.github.bitlift;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's example is compiled and run as it stands there. */
class ReadmeTest {
    private static final Path README = Path.of(System.getProperty("bitlift.home"), "README.md");

    @Test
    void theEmbeddingExampleRuns(@TempDir Path folder) throws Exception {
        Matcher block = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(README));
        assertThat(block.find()).isTrue();
        String body = block.group(1);
        assertThat(body.lines().count()).isLessThanOrEqualTo(20);
        Path source = folder.resolve("Example.java");
        Files.writeString(source, wrap(body));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        int code = compiler.run(
                null, null, null, "-cp", System.getProperty("java.class.path"), "-d", folder.toString(), source.toString());
        assertThat(code).isZero();
        assertThat(run(folder)).matches("(?s)objective 0\\.\\d+, digest [0-9a-f]{64}\\s+");
    }

    private static String wrap(String body) {
        List<String> packages = List.of("backend", "backend.cpu", "network", "prox", "solver");
        StringBuilder source = new StringBuilder("import java.util.List;\n");
        packages.forEach(name -> source.append("import io.github.bitlift.").append(name).append(".*;\n"));
        return source + """
                public class Example {
                    public static void main(String[] args) {
                        var random = new io.github.bitlift.numerics.Philox(7, 7);
                        float[] inputs = new float[400];
                        random.normals(inputs);
                        float[] targets = new float[200];
                        for (int i = 0; i < 200; i++) {
                            targets[i] = inputs[2 * i] * inputs[2 * i + 1];
                        }
                """ + body + "}}";
    }

    private static String run(Path folder) throws Exception {
        PrintStream before = System.out;
        ByteArrayOutputStream captured = new ByteArrayOutputStream();
        try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
            System.setOut(new PrintStream(captured, true, StandardCharsets.UTF_8));
            loader.loadClass("Example").getMethod("main", String[].class).invoke(null, (Object) new String[0]);
        } finally {
            System.setOut(before);
        }
        return captured.toString(StandardCharsets.UTF_8);
    }
}
