package io.github.bitlift.oracle;

import io.github.bitlift.backend.Backend;
import io.github.bitlift.backend.Matrix;
import io.github.bitlift.lifting.Sparsity;
import io.github.bitlift.lifting.Strategy;
import io.github.bitlift.network.Network;
import io.github.bitlift.network.Parameters;
import io.github.bitlift.solver.AlternatingMinimisation;
import io.github.bitlift.solver.AuxiliaryStart;
import io.github.bitlift.solver.Batches;
import io.github.bitlift.solver.BlockCoordinateDescent;
import io.github.bitlift.solver.ConventionalTraining;
import io.github.bitlift.solver.ImplicitStochasticGradient;
import io.github.bitlift.solver.LagrangianPenalties;
import io.github.bitlift.solver.Optimizer;
import io.github.bitlift.solver.Pairs;
import io.github.bitlift.solver.ParameterAveraging;
import io.github.bitlift.solver.ParameterRegulariser;
import io.github.bitlift.solver.Trainer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Every training method with every optimiser, step size and start that the library accepts together. */
final class Methods {

  private static final float[] MU = {0.4f, 0.55f, 0.7f};

  private Methods() {}

  /**
   * One way to train.
   *
   * @param name for messages
   * @param equalWidths whether hidden layers must be as wide as the input
   * @param make opens a trainer
   */
  record Method(String name, boolean equalWidths, Maker make) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** Opens a trainer. */
  interface Maker {
    Trainer on(Backend backend, Network network, Parameters theta, Pairs pairs);
  }

  static List<Method> all() {
    List<Method> methods = new ArrayList<>();
    for (AuxiliaryStart start : AuxiliaryStart.values()) {
      for (Optimizer parameters : optimizers(true)) {
        for (Optimizer auxiliaries : optimizers(true)) {
          methods.add(coordinate(start, parameters, auxiliaries));
        }
      }
    }
    for (Optimizer optimizer : optimizers(false)) {
      for (boolean whole : new boolean[] {false, true}) {
        methods.add(implicit(optimizer, whole));
        if (optimizer.stepSize() == Optimizer.StepSize.FIXED) {
          methods.add(conventional(optimizer, whole ? 1 : 3, 0));
        }
      }
    }
    for (AuxiliaryStart start : AuxiliaryStart.values()) {
      methods.add(exact(start, null));
      methods.add(exact(start, 0.7));
    }
    for (Optimizer optimizer : optimizers(false)) {
      if (optimizer.kind() == Optimizer.Kind.PROXIMAL_GRADIENT) {
        methods.add(averaging(optimizer, 3));
        methods.add(averaging(optimizer, 1));
      }
    }
    Optimizer tracked = new Optimizer(Optimizer.Kind.PROXIMAL_GRADIENT, 0.5, Optimizer.StepSize.BACKTRACKING, 0);
    methods.add(growing("exact", (backend, network, theta, pairs, mu) ->
        new AlternatingMinimisation(backend, network, theta, pairs, exact(mu, AuxiliaryStart.FORWARD, null))));
    methods.add(growing("coordinate", (backend, network, theta, pairs, mu) ->
        new BlockCoordinateDescent(backend, network, theta, pairs,
            new BlockCoordinateDescent.Options(
                mu, Optimizer.fixed(Optimizer.Kind.ADAM, 0.02), tracked, AuxiliaryStart.GAUSSIAN, 6))));
    methods.addAll(otherStrategies());
    for (Strategy.Kind kind : List.of(Strategy.Kind.CLASSICAL, Strategy.Kind.BREGMAN)) {
      methods.add(exact(new Strategy(kind, new Sparsity(1, 0.2f), 1), AuxiliaryStart.FORWARD, null));
    }
    return methods;
  }


  /** A solver that takes any strategy with one set of auxiliary variables. */
  record Pair(String name, Function<Strategy, Method> maker) {
    Method with(Strategy strategy) {
      return maker.apply(strategy);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /** Both solvers of lifted strategies, with every optimiser and step size. */
  static List<Pair> strategies() {
    List<Pair> pairs = new ArrayList<>();
    for (Optimizer optimizer : optimizers(true)) {
      pairs.add(new Pair("coordinate " + text(optimizer), strategy -> coordinate(strategy, optimizer)));
      if (optimizer.stepSize() != Optimizer.StepSize.BACKTRACKING) {
        pairs.add(new Pair("implicit " + text(optimizer), strategy -> implicit(strategy, optimizer)));
      }
    }
    return pairs;
  }

  /** Every strategy, sparse codes and regularised parameters, with a solver each that admits it. */
  static List<Method> otherStrategies() {
    Optimizer adam = Optimizer.fixed(Optimizer.Kind.ADAM, 0.01);
    Optimizer norms = new Optimizer(Optimizer.Kind.PROXIMAL_GRADIENT, 1, Optimizer.StepSize.NORMS, 0);
    List<Method> methods = new ArrayList<>();
    for (Strategy.Kind kind : List.of(Strategy.Kind.MAC_QP, Strategy.Kind.CLASSICAL)) {
      for (Sparsity sparsity : Arrays.asList(null, new Sparsity(1, 0.2f))) {
        methods.add(coordinate(new Strategy(kind, sparsity, 1), adam));
        methods.add(implicit(new Strategy(kind, sparsity, 1), norms));
      }
    }
    methods.add(implicit(new Strategy(Strategy.Kind.BREGMAN, new Sparsity(0, 0.2f), 1), norms));
    methods.add(implicit(new Strategy(Strategy.Kind.CONTRASTIVE, null, 3), norms));
    methods.add(implicit(Strategy.of(Strategy.Kind.BACKPROP), adam));
    methods.add(implicit(new Strategy(Strategy.Kind.BACKPROP, new Sparsity(1, 0.2f), 1), adam));
    for (ParameterRegulariser.Kind kind : List.of(ParameterRegulariser.Kind.L1, ParameterRegulariser.Kind.NUCLEAR)) {
      ParameterRegulariser regulariser = new ParameterRegulariser(kind, 0.1f);
      methods.add(new Method("coordinate " + kind, false,
          (backend, network, theta, pairs) -> new BlockCoordinateDescent(backend, network, theta, pairs,
              new BlockCoordinateDescent.Options(
                  Strategy.BREGMAN, mu(network), adam, norms, regulariser, AuxiliaryStart.FORWARD, 6))));
      methods.add(new Method("implicit " + kind, false,
          (backend, network, theta, pairs) -> new ImplicitStochasticGradient(backend, network, theta,
              new Batches(pairs, pairs.count() / 3, 7),
              new ImplicitStochasticGradient.Options(
                  Strategy.BREGMAN, mu(network), norms, regulariser, 3, 0.5, 1.5))));
      methods.add(new Method("conventional " + kind, false,
          (backend, network, theta, pairs) -> new ConventionalTraining(backend, network, theta,
              new Batches(pairs, pairs.count() / 3, 8), adam, null, regulariser)));
    }
    return methods;
  }

  static Method coordinate(Strategy strategy, Optimizer optimizer) {
    return new Method("coordinate " + strategy + " " + text(optimizer), false,
        (backend, network, theta, pairs) -> new BlockCoordinateDescent(backend, network, theta, pairs,
            new BlockCoordinateDescent.Options(
                strategy, mu(network), optimizer, optimizer, ParameterRegulariser.NONE, AuxiliaryStart.GAUSSIAN, 6)));
  }

  static Method implicit(Strategy strategy, Optimizer optimizer) {
    return new Method("implicit " + strategy + " " + text(optimizer), false,
        (backend, network, theta, pairs) -> new ImplicitStochasticGradient(backend, network, theta,
            new Batches(pairs, pairs.count() / 3, 7),
            new ImplicitStochasticGradient.Options(
                strategy, mu(network), optimizer, ParameterRegulariser.NONE, 3, 0.5,
                strategy.kind() == Strategy.Kind.CONTRASTIVE ? 1 : 1.5)));
  }

  static Method coordinate(AuxiliaryStart start, Optimizer parameters, Optimizer auxiliaries) {
    return new Method("coordinate " + start + " " + text(parameters) + " / " + text(auxiliaries),
        start == AuxiliaryStart.INPUT,
        (backend, network, theta, pairs) -> new BlockCoordinateDescent(backend, network, theta, pairs,
            new BlockCoordinateDescent.Options(mu(network), parameters, auxiliaries, start, 6)));
  }

  static Method implicit(Optimizer optimizer, boolean whole) {
    return new Method("implicit " + text(optimizer) + (whole ? " whole set" : " batches"), false,
        (backend, network, theta, pairs) -> new ImplicitStochasticGradient(backend, network, theta,
            new Batches(pairs, whole ? pairs.count() : pairs.count() / 3, 7),
            new ImplicitStochasticGradient.Options(mu(network), optimizer, 3, 0.5, 1.5)));
  }

  /** Minimises over each block: by accelerated gradients, or &theta; by ADMM if there is a penalty parameter. */
  static Method exact(AuxiliaryStart start, Double penalty) {
    return exact(Strategy.BREGMAN, start, penalty);
  }

  static Method exact(Strategy strategy, AuxiliaryStart start, Double penalty) {
    return new Method(
        "exact " + strategy.kind() + (strategy.sparsity() == null ? "" : " sparse") + " " + start
            + (penalty == null ? "" : " ADMM"),
        start == AuxiliaryStart.INPUT,
        (backend, network, theta, pairs) -> new AlternatingMinimisation(backend, network, theta, pairs,
            new AlternatingMinimisation.Options(strategy, mu(network), start, 6, 5, 0.1, penalty)));
  }

  private static AlternatingMinimisation.Options exact(float[] mu, AuxiliaryStart start, Double penalty) {
    return new AlternatingMinimisation.Options(mu, start, 6, 5, 0.1, penalty);
  }

  static Method averaging(Optimizer optimizer, int parts) {
    return new Method("averaging " + text(optimizer) + " 1/" + parts, false,
        (backend, network, theta, pairs) -> new ParameterAveraging(backend, network, theta,
            new Batches(pairs, pairs.count() / parts, 7),
            new ImplicitStochasticGradient.Options(mu(network), optimizer, 3, 0.5, 1.5)));
  }

  /** Opens a trainer with given weights of the penalties. */
  interface Weighted {
    Trainer on(Backend backend, Network network, Parameters theta, Pairs pairs, float[] mu);
  }

  static Method growing(String name, Weighted make) {
    return new Method("growing mu, " + name, false,
        (backend, network, theta, pairs) -> new LagrangianPenalties(backend, mu(network),
            new LagrangianPenalties.Options(5, 0.8, 2), mu -> make.on(backend, network, theta, pairs, mu)));
  }

  /** Back-propagation on batches of count / parts - less pairs. */
  static Method conventional(Optimizer optimizer, int parts, int less) {
    return new Method("conventional " + text(optimizer) + " 1/" + parts + " - " + less, false,
        (backend, network, theta, pairs) -> new ConventionalTraining(
            backend, network, theta, new Batches(pairs, pairs.count() / parts - less, 8), optimizer));
  }

  static List<Optimizer> optimizers(boolean backtracking) {
    List<Optimizer> optimizers = new ArrayList<>();
    for (Optimizer.Kind kind : Optimizer.Kind.values()) {
      optimizers.add(new Optimizer(kind, 0.02, Optimizer.StepSize.FIXED, 0.8));
      if (kind != Optimizer.Kind.ADAM) {
        optimizers.add(new Optimizer(kind, 0.02, Optimizer.StepSize.NORMS, 0.6));
      }
    }
    if (backtracking) {
      optimizers.add(new Optimizer(Optimizer.Kind.PROXIMAL_GRADIENT, 0.5, Optimizer.StepSize.BACKTRACKING, 0));
    }
    return optimizers;
  }

  private static float[] mu(Network network) {
    return Arrays.copyOf(MU, network.layers());
  }

  private static String text(Optimizer optimizer) {
    return optimizer.kind() + " " + optimizer.stepSize();
  }

  /** A copy of a trainer's state and of &theta;, as a checkpoint would hold it. */
  static Map<String, float[]> copy(Trainer trainer, Parameters theta) {
    Map<String, float[]> copy = new LinkedHashMap<>();
    trainer.state().forEach((name, matrix) -> copy.put(name, matrix.toArray()));
    copy.put("theta", theta.toArray());
    return copy;
  }

  /** Puts a copy into a fresh trainer. */
  static void restore(Map<String, float[]> copy, Trainer trainer, Parameters theta, long steps) {
    for (Map.Entry<String, Matrix> entry : trainer.state().entrySet()) {
      entry.getValue().write(copy.get(entry.getKey()));
    }
    theta.write(copy.get("theta"));
    trainer.restored(steps);
  }
}
