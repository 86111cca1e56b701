package io.github.bitlift.network;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.prox.Box;
import io.github.bitlift.prox.Identity;
import java.util.ArrayList;
import java.util.List;

/**
 * The unrolled primal–dual algorithm of Condat and Vũ (framework paper §2.5, eq. 15) for {@code min_{x ∈ C} ½‖Hx − y‖² +
 * λ‖Lx‖₁}:
 *
 * <pre>
 * x₀ = H*y,  u₀ = 0
 * u_j = proj_[−λ_j, λ_j](u_{j−1} + γ_j L_j x_{j−1})
 * x_j = proj_C((I − τ_j H*H) x_{j−1} − τ_j L_j*(2u_j − u_{j−1}) + τ_j H*y)   for j = 1 … J
 * N(y) = x_J
 * </pre>
 *
 * The blocks of u are (y, x₀, u₁, x₁, …, u_J, x_J); M = (0 I), V = I, b = 0, d = 0, K = (0 … 0 I), and the term τ_j H*y,
 * which depends on the input, is a block of W in the input's column. The block of u₁ in the row of x₁ is −2τ₁L₁*, as u₀ = 0
 * in the recursion asks; the paper's display of W has −τ₁L₁* there.
 *
 * <p>θ: {@code L.1 … L.J [S, N]}, {@code gamma.1 … gamma.J [1, 1]}, {@code tau.1 … tau.J [1, 1]}, or one of each for all
 * layers. λ_j and C belong to the projections. A λ that all layers share is learned within L and γ, as {@code λ‖Lx‖₁ =
 * ‖(λL)x‖₁}: the network with (cλ, L, γ) is the one with (λ, cL, γ/c²), whose dual variables are 1/c times as large. It needs
 * no parameter of its own; and a bound would have no gradient in lifted Bregman training, as it moves the feasible set itself.
 *
 * @param h H
 * @param dual S
 * @param lambda λ₁ … λ_J
 * @param constraint C, a box
 * @param gamma where every γ_j starts
 * @param tau where every τ_j starts
 * @param shared whether all layers have the same L, γ and τ
 */
public record PrimalDual(
        MeasurementOperator h, int dual, List<Float> lambda, Box constraint, float gamma, float tau, boolean shared)
        implements Architecture {

    /** A copy of the list is kept. */
    public PrimalDual {
        lambda = List.copyOf(lambda);
        if (lambda.isEmpty()) {
            throw new IllegalArgumentException("primal-dual network of no layers, expected at least one value of lambda");
        }
    }

    @Override
    public String name() {
        return "primal-dual";
    }

    @Override
    public int inputs() {
        return h.rows();
    }

    @Override
    public int outputs() {
        return h.columns();
    }

    @Override
    public int layers() {
        return 2 * lambda.size() + 1;
    }

    @Override
    public List<Parameters.Shape> shapes() {
        List<Parameters.Shape> shapes = new ArrayList<>();
        for (int j = 1; j <= distinct(); j++) {
            shapes.add(new Parameters.Shape(named("L", j), dual, h.columns()));
            shapes.add(new Parameters.Shape(named("gamma", j), 1, 1));
            shapes.add(new Parameters.Shape(named("tau", j), 1, 1));
        }
        return shapes;
    }

    @Override
    public List<String> unknowns(Network network) {
        List<String> names = new ArrayList<>(List.of("y", Monomial.symbol("x.0")));
        for (int j = 1; j <= lambda.size(); j++) {
            names.add(Monomial.symbol("u." + j));
            names.add(Monomial.symbol("x." + j));
        }
        return names;
    }

    private int distinct() {
        return shared ? 1 : lambda.size();
    }

    private String named(String name, int j) {
        return shared ? name : name + "." + j;
    }

    @Override
    public void initialise(Parameters parameters, long seed) {
        for (int j = 1; j <= distinct(); j++) {
            Initialisation.glorotUniform(parameters.named(named("L", j)), seed, j);
            parameters.named(named("gamma", j)).write(new float[] {gamma});
            parameters.named(named("tau", j)).write(new float[] {tau});
        }
    }

    @Override
    public Network over(Backend backend, Parameters parameters) {
        Composition composition = new Composition(backend, parameters);
        Expression measure = composition.constant("H", h);
        Expression normal = composition.adjointTimes(measure, measure);
        Assembly network = new Assembly(h.rows());
        int x = network.layer(new Identity(), composition.zeros(h.columns()), new Assembly.Of(0, measure.adjoint()));
        int u = 0;
        Layer layer = null;
        for (int j = 1; j <= lambda.size(); j++) {
            layer = shared && layer != null ? layer : layer(composition, measure, normal, j);
            int before = u;
            u = dualLayer(network, composition, layer, before, x, lambda.get(j - 1));
            x = primalLayer(network, composition, layer, before, x, u);
        }
        return network.output(
                parameters, composition, composition.zeros(h.columns()),
                new Assembly.Of(x, new LinearMap.ScaledIdentity(h.columns(), 1f)));
    }

    /** What the rows of one iteration hold: γL, τL, −2τL, τH and I − τH*H. */
    private record Layer(
            Expression ascent, Expression descent, Expression twice, Expression bias, Expression normal) {}

    private Layer layer(Composition composition, Expression measure, Expression normal, int j) {
        Expression l = composition.parameter(named("L", j));
        Expression step = composition.parameter(named("tau", j));
        Expression descent = composition.scaled(step, l);
        return new Layer(
                composition.scaled(composition.parameter(named("gamma", j)), l),
                descent,
                composition.multiple(-2f, descent),
                composition.scaled(step, measure),
                composition.identityMinus(composition.scaled(step, normal)));
    }

    private int dualLayer(Assembly network, Composition composition, Layer layer, int before, int x, float bound) {
        List<Assembly.Of> reads = new ArrayList<>();
        if (before > 0) {
            reads.add(new Assembly.Of(before, new LinearMap.ScaledIdentity(dual, 1f)));
        }
        reads.add(new Assembly.Of(x, layer.ascent.map()));
        return network.layer(Box.symmetric(bound), composition.zeros(dual), reads.toArray(Assembly.Of[]::new));
    }

    private int primalLayer(Assembly network, Composition composition, Layer layer, int before, int x, int u) {
        List<Assembly.Of> reads = new ArrayList<>();
        reads.add(new Assembly.Of(0, layer.bias.adjoint()));
        if (before > 0) {
            reads.add(new Assembly.Of(before, layer.descent.adjoint()));
        }
        reads.add(new Assembly.Of(x, layer.normal.map()));
        reads.add(new Assembly.Of(u, layer.twice.adjoint()));
        return network.layer(constraint, composition.zeros(h.columns()), reads.toArray(Assembly.Of[]::new));
    }
}
