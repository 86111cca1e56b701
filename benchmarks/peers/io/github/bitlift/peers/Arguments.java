package io.github.bitlift.peers;

import java.util.Arrays;
import java.util.List;

/**
 * What a comparison was asked to do: words of the form {@code name=value}, and words that stand alone.
 *
 * @param words as they were typed
 */
record Arguments(List<String> words) {

    static Arguments of(String[] args) {
        return new Arguments(List.of(args));
    }

    /** The value of a name, or another where the name isn't there. */
    String text(String name, String otherwise) {
        return words.stream().filter(word -> word.startsWith(name + "=")).map(word -> word.substring(name.length() + 1))
                .findFirst().orElse(otherwise);
    }

    /** The same for a whole number. */
    int number(String name, int otherwise) {
        return Integer.parseInt(text(name, Integer.toString(otherwise)));
    }

    /** The same for words between commas. */
    List<String> list(String name, String otherwise) {
        return Arrays.asList(text(name, otherwise).split(","));
    }

    /** Whether a word stands alone. */
    boolean has(String word) {
        return words.contains(word);
    }
}
