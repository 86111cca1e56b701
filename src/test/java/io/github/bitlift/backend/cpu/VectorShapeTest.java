package io.github.bitlift.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * All vectors have the preferred shape. Two shapes in one JVM share the type profiles inside the Vector API. The compiler then
 * boxes every vector, and products get fifty times slower with the right bits.
 */
class VectorShapeTest {
    private static final Path SOURCES = Path.of(System.getProperty("bitlift.home"), "src/main/java");
    private static final String BACKEND = "io/github/bitlift/backend/cpu";
    /** What names a shape, or gives vectors of another. */
    private static final Pattern OTHER_SHAPE = Pattern.compile(
            "\\bSPECIES_(?!PREFERRED\\b)\\w+|\\bVectorShape\\s*\\.\\s*(?!preferredShape\\b)\\w+|\\bS_\\w+_BIT\\b"
                    + "|\\bVectorSpecies\\s*\\.\\s*(?!ofPreferred\\b)\\w+|\\bofLargestShape\\b|\\blargestShapeFor\\b"
                    + "|\\b(for|forIndex)BitSize\\b|\\bwithShape\\b|\\b(convert|castTo|cast|reinterpret)Shape\\b");
    private static final Pattern SPECIES = Pattern.compile("\\bVectorSpecies\\s*<[^>]*>\\s*\\w+\\s*=([^;]*);");
    private static final Pattern PREFERRED = Pattern.compile(
            "\\s*\\w+Vector\\s*\\.\\s*SPECIES_PREFERRED\\s*|\\s*\\w+\\s*\\.\\s*vectorShape\\(\\)\\s*\\.\\s*withLanes\\(\\w+\\.class\\)\\s*");
    private static final Pattern VECTOR_API = Pattern.compile("\\bjdk\\s*\\.\\s*incubator\\s*\\.\\s*vector\\s*\\.\\s*[\\w*]");
    /** Text blocks, strings and comments, which name no vector. */
    private static final Pattern NO_CODE =
            Pattern.compile("\"\"\"[\\s\\S]*?\"\"\"|\"(\\\\.|[^\"\\\\\\n])*\"|'(\\\\.|[^'\\\\\\n])*'|/\\*[\\s\\S]*?\\*/|//[^\\n]*");

    @Test
    void allVectorsHaveThePreferredShape() {
        assertThat(found(VectorShapeTest::otherShapes, file -> true))
                .as("vectors of another shape than the preferred one, which make all others slow")
                .isEmpty();
    }

    @Test
    void onlyTheCpuBackendUsesTheVectorApi() {
        assertThat(found(code -> places(code, VECTOR_API), file -> !file.startsWith(BACKEND + "/")))
                .as("uses of jdk.incubator.vector outside the cpu backend, which chooses what runs without that module")
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "x = FloatVector.SPECIES_64;", "x = FloatVector.SPECIES_128;", "import static a.IntVector.SPECIES_256;",
        "x = SPECIES_512;", "x = DoubleVector.SPECIES_MAX;", "x = VectorShape.S_128_BIT.withLanes(int.class);",
        "x = S_Max_BIT;", "x = VectorSpecies.of(float.class, shape);", "x = VectorSpecies.ofLargestShape(float.class);",
        "x = VectorShape.forBitSize(256);", "x = VectorShape.forIndexBitSize(256, 4);", "x = SPECIES.withShape(shape);",
        "y = v.convertShape(F2D, DOUBLES, 0);", "y = v.castShape(OTHER, 0);", "y = v.reinterpretShape(OTHER, 0);",
        "VectorSpecies<Float> EIGHT = LANES == 8 ? FloatVector.SPECIES_PREFERRED : other();",
        "VectorSpecies<Float> OTHER =\n    choose();"
    })
    void findsAnotherShape(String code) {
        assertThat(otherShapes("// first line\n" + code)).hasSize(1).first().asString().startsWith("2: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;",
        "VectorSpecies<Integer> BITS = SPECIES.vectorShape().withLanes(int.class);",
        "x = VectorSpecies.ofPreferred(float.class);", "// not FloatVector.SPECIES_256", "/* VectorShape.S_64_BIT\n */",
        "text = \"SPECIES_512 // \" + SPECIES.length();", "import jdk.incubator.vector.VectorSpecies;",
        "x = v.reinterpretAsInts();", "x = SPECIES.broadcast(1);"
    })
    void acceptsThePreferredShape(String code) {
        assertThat(otherShapes(code)).isEmpty();
    }

    private static List<String> otherShapes(String source) {
        List<String> found = new ArrayList<>(places(source, OTHER_SHAPE));
        String code = withoutComments(source);
        Matcher species = SPECIES.matcher(code);
        while (found.isEmpty() && species.find()) {
            if (!PREFERRED.matcher(species.group(1)).matches()) {
                found.add(line(code, species.start()) + ": " + species.group());
            }
        }
        return found;
    }

    private static List<String> places(String source, Pattern pattern) {
        String code = withoutComments(source);
        return pattern.matcher(code).results().map(hit -> line(code, hit.start()) + ": " + hit.group()).toList();
    }

    private static long line(String code, int at) {
        return 1 + code.substring(0, at).chars().filter(c -> c == '\n').count();
    }

    /** The same lines, with blanks for comments and strings. */
    private static String withoutComments(String source) {
        return NO_CODE.matcher(source).replaceAll(hit -> hit.group().replaceAll("[^\\n]", " "));
    }

    /** File, line and text of all that is found in the library's sources. */
    private static List<String> found(Function<String, List<String>> finder, Predicate<String> isMeant) {
        try (Stream<Path> all = Files.walk(SOURCES)) {
            List<Path> files = all.filter(file -> file.toString().endsWith(".java")).sorted().toList();
            assertThat(files).as("sources under %s", SOURCES).hasSizeGreaterThan(50);
            List<String> found = new ArrayList<>();
            for (Path file : files) {
                String name = SOURCES.relativize(file).toString().replace('\\', '/');
                if (isMeant.test(name)) {
                    finder.apply(Files.readString(file)).forEach(hit -> found.add(name + ":" + hit));
                }
            }
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
