package io.github.bitlift.lifting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.bitlift.prox.Box;
import io.github.bitlift.prox.ElasticNet;
import io.github.bitlift.prox.Identity;
import io.github.bitlift.prox.ProxMap;
import io.github.bitlift.prox.Relu;
import io.github.bitlift.prox.Separable;
import io.github.bitlift.prox.Sigmoid;
import io.github.bitlift.prox.SoftThreshold;
import io.github.bitlift.prox.Softmax;
import io.github.bitlift.prox.Tanh;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The prox maps of t(mu Psi + alpha |.|) against a search for the minimum in binary64. */
class SparsityTest {

    static Stream<Separable> admitted() {
        return Stream.of(new Identity(), new Relu(), new SoftThreshold(0.3f), new ElasticNet(0.2f, 0.5f), Box.unit(),
                Box.symmetric(0.75f), new Box(-0.25f, 2f), new Box(0.5f, 1f), new Box(-2f, -0.75f));
    }

    @ParameterizedTest
    @MethodSource("admitted")
    void isTheMinimiser(Separable sigma) {
        Random random = new Random(4);
        for (int n = 0; n < 2000; n++) {
            float alpha = (float) Math.exp(random.nextGaussian());
            float mu = (float) Math.exp(random.nextGaussian());
            float t = (float) Math.exp(random.nextGaussian());
            float y = (float) (2 * random.nextGaussian());
            Sparsity sparsity = new Sparsity(0, alpha);
            Separable first = (Separable) sparsity.potential(sigma, mu);
            float x = first.scaledProx(t * mu, y);
            ProxMap projection = sparsity.projection(sigma);
            float found = projection == null ? x : ((Separable) projection).scaledProx(0f, x);
            assertThat((double) found).as("alpha %s, mu %s, t %s, y %s", alpha, mu, t, y)
                    .isCloseTo(minimiser(sigma, alpha, mu, t, y), within(2e-6 * (1 + Math.abs(y))));
        }
    }

    /** Of a strictly convex function, by ternary search between -8 and 8. */
    private static double minimiser(Separable sigma, double alpha, double mu, double t, double y) {
        double low = -8;
        double high = 8;
        for (int i = 0; i < 200; i++) {
            double a = low + (high - low) / 3;
            double b = high - (high - low) / 3;
            double atA = value(sigma, alpha, mu, t, y, a);
            double atB = value(sigma, alpha, mu, t, y, b);
            // Where both are outside the domain, it lies towards that.
            boolean left = Double.isInfinite(atA) && Double.isInfinite(atB) ? a > lower(sigma) : atA <= atB;
            if (left) {
                high = b;
            } else {
                low = a;
            }
        }
        return (low + high) / 2;
    }

    private static double value(Separable sigma, double alpha, double mu, double t, double y, double x) {
        return 0.5 * (x - y) * (x - y) + t * (mu * potential(sigma, x) + alpha * Math.abs(x));
    }

    /** In binary64, from the formulas. */
    private static double potential(Separable sigma, double x) {
        if (sigma instanceof SoftThreshold soft) {
            return soft.lambda() * Math.abs(x);
        }
        if (sigma instanceof ElasticNet net) {
            return net.lambda() * Math.abs(x) + 0.5 * net.ridge() * x * x;
        }
        double upper = sigma instanceof Box box ? box.upper() : 100;
        return x >= lower(sigma) && x <= upper ? 0 : Double.POSITIVE_INFINITY;
    }

    private static double lower(Separable sigma) {
        return sigma instanceof Box box ? box.lower() : sigma instanceof Relu ? 0 : -100;
    }

    @Test
    void refusesWhatItCannotDo() {
        for (ProxMap sigma : List.of(new Tanh(), new Sigmoid(), new Softmax())) {
            assertThatThrownBy(() -> new Strategy(Strategy.Kind.BREGMAN, new Sparsity(0, 1f), 1)
                            .requireAdmitted(List.of(sigma)))
                    .hasMessageContaining("expected identity, relu");
        }
        new Strategy(Strategy.Kind.MAC_QP, new Sparsity(0, 1f), 1).requireAdmitted(List.of(new Tanh()));
        assertThatThrownBy(() -> new Sparsity(0, 0f)).hasMessageContaining("expected a finite number > 0");
        assertThatThrownBy(() -> new Strategy(Strategy.Kind.BREGMAN, new Sparsity(2, 1f), 1)
                        .requireAdmitted(List.of(new Relu(), new Relu())))
                .hasMessageContaining("sparse layer 3, expected 1 to 2");
        assertThatThrownBy(() -> Strategy.of(Strategy.Kind.FENCHEL).requireAdmitted(List.of(new Relu(), new Tanh())))
                .hasMessageContaining("fenchel: layer 2 has activation tanh");
    }
}
