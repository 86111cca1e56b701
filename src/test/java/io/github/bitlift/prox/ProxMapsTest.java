package io.github.bitlift.prox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The catalogue is complete, names and stems correspond, and errors say what was expected. */
class ProxMapsTest {

    private static Set<Class<?>> mapsInPackage() throws IOException, URISyntaxException {
        Path folder = Path.of(ProxMap.class.getResource("ProxMap.class").toURI()).getParent();
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(".class") && !file.startsWith("package-info"))
                    .<Class<?>>map(file -> load(file.substring(0, file.length() - ".class".length())))
                    .filter(type -> ProxMap.class.isAssignableFrom(type) && !type.isInterface())
                    .collect(Collectors.toSet());
        }
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(ProxMap.class.getPackageName() + "." + name);
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void everyRecordIsAnExampleAndNothingElse() throws IOException, URISyntaxException {
        Set<Class<?>> examples = ProxMaps.examples().stream().map(Object::getClass).collect(Collectors.toSet());
        assertThat(mapsInPackage()).isEqualTo(examples).allMatch(Class::isRecord);
    }

    @Test
    void stemsFollowClassNamesAndCommandLineNames() {
        for (ProxMap map : ProxMaps.examples()) {
            String snake = map.getClass().getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", "_");
            assertThat(map.stem()).isEqualTo(snake.toLowerCase(Locale.ROOT));
        }
        List<String> stems = ProxMaps.examples().stream().map(ProxMap::stem).distinct().toList();
        assertThat(ProxMaps.names().stream().map(name -> name.replace('-', '_'))).containsExactlyElementsOf(stems);
    }

    @Test
    void parsesEveryExampleFromItsNameAndScalars() {
        for (ProxMap map : ProxMaps.examples()) {
            float[] parameters = map.parameters();
            double[] scalars = new double[parameters.length];
            for (int i = 0; i < scalars.length; i++) {
                scalars[i] = parameters[i];
            }
            assertThat(ProxMaps.parse(map.stem().replace('_', '-'), scalars)).isEqualTo(map);
        }
    }

    private static void refused(String message, Runnable call) {
        assertThatThrownBy(call::run).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(message);
    }

    @Test
    void errorsNameTheValueAndTheExpectation() {
        refused("activation 'sofmax', expected one of identity", () -> ProxMaps.parse("sofmax"));
        refused("box: got [1.0], expected lower and upper", () -> ProxMaps.parse("box", 1));
        refused("relu: got [1.0], expected no scalars", () -> ProxMaps.parse("relu", 1));
        refused("lambda -1.0", () -> new SoftThreshold(-1f));
        refused("lambda NaN", () -> new ElasticNet(Float.NaN, 1f));
        refused("ridge Infinity", () -> new ElasticNet(1f, Float.POSITIVE_INFINITY));
        refused("box: [2.0, 1.0]", () -> new Box(2f, 1f));
        refused("box: lambda 0.0", () -> Box.symmetric(0f));
        refused("lambda 0.0", () -> new GroupSoftThreshold(0f, 2));
        refused("group size 0", () -> new GroupSoftThreshold(1f, 0));
        refused("group size 16777217, expected 1 to 16777216", () -> new GroupSoftThreshold(1f, 16_777_217));
        assertThat(new GroupSoftThreshold(1f, 16_777_216).parameters()[1]).isEqualTo(0x1p24f);
        refused("group size 2.5", () -> ProxMaps.parse("group-soft-threshold", 1, 2.5));
        refused("width 5, expected a positive multiple of the group size 2",
                () -> new GroupSoftThreshold(1f, 2).requireWidth(5));
        refused("relu: width 0", () -> new Relu().requireWidth(0));
    }
}
