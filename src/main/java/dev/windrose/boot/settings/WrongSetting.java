package dev.windrose.boot.settings;

import dev.windrose.model.Masked;

/**
 * A setting that prevents a node from starting. The message is one line that names the key, its value and what was
 * expected.
 */
public final class WrongSetting extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public WrongSetting(String line) {
        super(Masked.of(line));
    }
}
