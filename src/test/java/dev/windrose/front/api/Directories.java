package dev.windrose.front.api;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Directories that end with what uses them. */
final class Directories {

    static Path create() {
        try {
            return Files.createTempDirectory("api");
        } catch (IOException e) {
            throw new AssertionError("no directory for the API", e);
        }
    }

    static void remove(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new AssertionError("the directory of the API stays", e);
        }
    }

    private Directories() {}
}
