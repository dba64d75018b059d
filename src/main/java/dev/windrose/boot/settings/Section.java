package dev.windrose.boot.settings;

/**
 * The settings of one capability: the file that declares them, their key prefix, and their reader.
 *
 * <p>Each section is one constant, by which {@link Settings#of} finds its values.
 *
 * @param <S> holds its values
 */
public final class Section<S> {

    /** Reads the values, and refuses invalid ones. */
    public interface Reads<S> {

        /**
         * @param reader of the keys below that of the section
         * @throws WrongSetting for a value that is out of range
         */
        S read(SettingsReader reader);
    }

    private final String file;
    private final String path;
    private final Reads<S> reads;

    /**
     * @param file that declares its keys, by its name below {@code windrose/} on the class path and without its ending;
     *     several sections may share one
     * @param path their key prefix, such as {@code windrose.health}
     */
    public Section(String file, String path, Reads<S> reads) {
        this.file = file;
        this.path = path;
        this.reads = reads;
    }

    String file() {
        return file;
    }

    S read(SettingsReader reader) {
        return reads.read(reader.at(path));
    }

    @Override
    public String toString() {
        return path;
    }
}
