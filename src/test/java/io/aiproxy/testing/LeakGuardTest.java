package io.aiproxy.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class LeakGuardTest {
    @Test
    void aLostBufferIsReported() throws Exception {
        assertThat(probe(true)).contains("Buffers were lost in the probe").contains("LEAK:");
    }

    @Test
    void aReleasedBufferIsNot() throws Exception {
        assertThat(probe(false)).isEmpty();
    }

    @Test
    void theGuardIsRegisteredForAllTests() throws Exception {
        ClassLoader loader = getClass().getClassLoader();
        try (var services = loader.getResourceAsStream("META-INF/services/org.junit.jupiter.api.extension.Extension")) {
            assertThat(new String(services.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8))
                    .contains(LeakGuard.class.getName());
        }
        try (var properties = loader.getResourceAsStream("junit-platform.properties")) {
            assertThat(new String(properties.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8))
                    .contains("junit.jupiter.extensions.autodetection.enabled=true");
        }
    }

    /** Runs the probe with its own Netty and its own logging. */
    private static String probe(boolean lose) throws Exception {
        String level = System.getProperty("io.netty.leakDetection.level");
        System.setProperty("io.netty.leakDetection.level", "paranoid");
        try (URLClassLoader own = new URLClassLoader(classPath(), ClassLoader.getPlatformClassLoader())) {
            return (String) own.loadClass(LeakGuardProbe.class.getName())
                    .getMethod("run", boolean.class)
                    .invoke(null, lose);
        } finally {
            if (level == null) {
                System.clearProperty("io.netty.leakDetection.level");
            } else {
                System.setProperty("io.netty.leakDetection.level", level);
            }
        }
    }

    private static URL[] classPath() {
        String path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return Arrays.stream(path.split(File.pathSeparator))
                .map(entry -> {
                    try {
                        return new File(entry).toURI().toURL();
                    } catch (MalformedURLException e) {
                        throw new IllegalStateException(e);
                    }
                })
                .toArray(URL[]::new);
    }
}
