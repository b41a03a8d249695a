package io.aiproxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.core.KeyDigest;
import io.aiproxy.core.Secret;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoConfigTest {
    @TempDir
    java.nio.file.Path directory;

    @Test
    void theDemoIsOneUserOneKeyOneChannel() {
        Snapshot demo = DemoConfig.snapshot(18_001, Configs.NOW);

        assertThat(demo.demo()).isTrue();
        assertThat(demo.version()).isEqualTo(1);
        KeyConfig key = demo.users().get("demo").keys().get(0);
        assertThat(key.digest()).isEqualTo(KeyDigest.of("pk_demo_key"));
        assertThat(key.name()).isEqualTo("demo");
        assertThat(key.channels()).containsExactly(new ChannelGrant("demo", 1));
        ChannelConfig channel = demo.channels().get("demo");
        assertThat(channel.baseUrl()).hasToString("http://127.0.0.1:18001");
        assertThat(channel.credentials().get(0).apiKey()).isEqualTo(Secret.of("demo-channel-credential"));
    }

    @Test
    void theDemosChannelIsWhatTheLoaderWouldMakeOfTheSameYaml() throws Exception {
        Configs.write(
                directory,
                "users:\n  demo:\n    name: Demo\n    channels: demo\n    keys: [{proxy_key: pk_demo_key, name: demo}]\n",
                "channels:\n  demo:\n    name: Demo\n    base_url: http://127.0.0.1:18001\n"
                        + "    api_key: demo-channel-credential\n");
        Snapshot loaded = Configs.load(directory);
        Snapshot demo = DemoConfig.snapshot(18_001, Configs.NOW);

        assertThat(demo.channels()).isEqualTo(loaded.channels());
        assertThat(demo.users()).isEqualTo(loaded.users());
        assertThat(demo.system()).isEqualTo(loaded.system());
    }
}
