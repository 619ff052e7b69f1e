// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** One value for each round, in the rounds' order. Immutable. */
final class Sample {

    /** With fewer rounds the quartiles say little. */
    private static final int ENOUGH_FOR_QUARTILES = 8;

    private final double[] values;
    private final double[] sorted;

    Sample(double... values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("a sample needs at least one value");
        }
        this.values = values.clone();
        this.sorted = values.clone();
        Arrays.sort(sorted);
    }

    static <T> Sample of(List<T> rounds, ToDoubleFunction<T> value) {
        return new Sample(rounds.stream().mapToDouble(value).toArray());
    }

    /** Round by round: what two contestants did side by side, the machine's mood left out. */
    Sample with(Sample other, DoubleBinaryOperator operator) {
        if (values.length != other.values.length) {
            throw new IllegalArgumentException(
                    "samples of %d and of %d rounds".formatted(values.length, other.values.length));
        }
        return new Sample(IntStream.range(0, values.length)
                .mapToDouble(i -> operator.applyAsDouble(values[i], other.values[i]))
                .toArray());
    }

    double median() {
        return percentile(50);
    }

    /** Linear between the two nearest. */
    double percentile(double percent) {
        double position = percent / 100 * (sorted.length - 1);
        int below = (int) Math.floor(position);
        int above = (int) Math.ceil(position);
        return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
    }

    /** How far the quartiles are apart; of fewer than eight values, the lowest and the highest. */
    double spread() {
        return sorted.length < ENOUGH_FOR_QUARTILES
                ? sorted[sorted.length - 1] - sorted[0]
                : percentile(75) - percentile(25);
    }

    double min() {
        return sorted[0];
    }

    double max() {
        return sorted[sorted.length - 1];
    }

    /**
     * How evenly it is spread over who takes part: 1 when all have the same, 1/n when one has it all, 0 when nobody has
     * anything (Jain, Chiu and Hawe, 1984).
     */
    static double jain(long... shares) {
        double sum = 0;
        double squares = 0;
        for (long share : shares) {
            sum += share;
            squares += (double) share * share;
        }
        return squares == 0 ? 0 : sum * sum / (shares.length * squares);
    }
}
