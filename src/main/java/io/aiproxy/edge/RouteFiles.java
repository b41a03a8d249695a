package io.aiproxy.edge;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.ResourceHelper;

/**
 * The route files of one moment, read completely before Camel sees the first of them, so that a set is never made half
 * of old and half of new files.
 */
public final class RouteFiles {
    /** What a route file's name ends with. */
    public static final String SUFFIX = ".camel.yaml";

    private static final String BUILT_IN = "built-in";

    /** Within the program. */
    private static final String FOLDER = "routes/";

    private static final String DEMO = "demo/";

    private final String where;
    private final List<Resource> resources;

    private RouteFiles(String where, List<Resource> resources) {
        this.where = where;
        this.resources = resources;
    }

    /**
     * The routes to run. A directory with files in one of the gateway's own folders ({@code proxy}, {@code errors},
     * {@code ops} …) is a copy of the gateway's routes and stands alone. Any other only adds to those inside the program, so
     * that a single file in {@code custom/} takes no front door away. None at all adds nothing.
     *
     * @param directory need not be there
     */
    public static RouteFiles of(Path directory, boolean demo) throws IOException {
        if (!Files.isDirectory(directory)) {
            return builtIn(demo);
        }
        RouteFiles own = in(directory, demo);
        if (isCopy(directory)) {
            return own;
        }
        RouteFiles program = builtIn(demo);
        if (own.resources.isEmpty()) {
            return program;
        }
        List<Resource> all = new ArrayList<>(program.resources);
        all.addAll(own.resources);
        return new RouteFiles(BUILT_IN + " and " + directory, all);
    }

    private static boolean isCopy(Path directory) throws IOException {
        Set<String> folders = BuiltInRoutes.NAMES.stream()
                .map(name -> name.substring(0, name.indexOf('/')))
                .collect(Collectors.toSet());
        try (Stream<Path> walk = Files.walk(directory)) {
            return walk.filter(RouteFiles::isRoute)
                    .map(file -> directory.relativize(file).getName(0).toString())
                    .anyMatch(folders::contains);
        }
    }

    /** Reads every {@code *.camel.yaml} below {@code directory}; those in {@code demo/} only if {@code demo}. */
    public static RouteFiles in(Path directory, boolean demo) throws IOException {
        List<Resource> resources = new ArrayList<>();
        try (Stream<Path> walk = Files.walk(directory)) {
            for (Path file : walk.filter(RouteFiles::isRoute).sorted().toList()) {
                String name = directory.relativize(file).toString().replace('\\', '/');
                if (demo || !name.startsWith(DEMO)) {
                    resources.add(resource("file:" + file, Files.readAllBytes(file)));
                }
            }
        }
        return new RouteFiles(directory.toString(), resources);
    }

    /** The routes inside the program, used when there is no directory of them. */
    public static RouteFiles builtIn(boolean demo) throws IOException {
        URL probe = RouteFiles.class.getResource("/routes/proxy/http.camel.yaml");
        if (probe == null) {
            throw new IOException("the program holds no routes; give a directory with --routes");
        }
        try {
            if (!probe.getProtocol().equals("jar")) {
                Path root = Path.of(probe.toURI()).resolve("../..").normalize();
                return named(BUILT_IN, in(root, demo));
            }
            JarURLConnection program = (JarURLConnection) probe.openConnection();
            program.setUseCaches(false); // the file is to be closed; what is known of it is the class loader's
            try (JarFile jar = program.getJarFile()) {
                return new RouteFiles(BUILT_IN, in(jar, BuiltInRoutes.NAMES, demo));
            }
        } catch (URISyntaxException e) {
            throw new IOException("cannot read the program's own routes", e);
        }
    }

    /** By their names: to look through the program's many entries takes as long as to read all routes. */
    static List<Resource> in(JarFile jar, List<String> names, boolean demo) throws IOException {
        List<Resource> resources = new ArrayList<>();
        for (String name : names) {
            if (demo || !name.startsWith(DEMO)) {
                JarEntry entry = jar.getJarEntry(FOLDER + name + SUFFIX);
                if (entry == null) {
                    throw new IOException("the program is damaged: it holds no " + FOLDER + name + SUFFIX);
                }
                try (InputStream in = jar.getInputStream(entry)) {
                    resources.add(resource("file:/" + entry.getName(), in.readAllBytes()));
                }
            }
        }
        return resources;
    }

    private static RouteFiles named(String name, RouteFiles files) {
        return new RouteFiles(name, files.resources);
    }

    private static Resource resource(String location, byte[] bytes) {
        return ResourceHelper.fromBytes(location, bytes);
    }

    private static boolean isRoute(Path file) {
        return file.getFileName().toString().endsWith(SUFFIX) && Files.isRegularFile(file);
    }

    List<Resource> resources() {
        return resources;
    }

    /** Whether they are the program's own, of which the build has made sure that they are sound. */
    boolean builtIn() {
        return where.equals(BUILT_IN);
    }

    /** The directory, {@code built-in}, or both. */
    public String where() {
        return where;
    }

    /** How many files. */
    public int size() {
        return resources.size();
    }
}
