package io.aiproxy.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

class RigConfigTest {
    @Test
    void writesYamlThatReadsBack() {
        RigConfig config = RigConfig.empty()
                .channel("alpha", "http://localhost:1", "dialect: anthropic", "api_key: other")
                .user("zhangsan", "pk_test_zhangsan", "alpha", "beta")
                .system("retry: {max_attempts: 2}", "limits:\n  request_body: 1KiB");

        Map<String, Object> channels = new Yaml().load(config.channelsYaml());
        assertThat(channels.toString()).contains("dialect=anthropic", "api_key=other", "base_url=http://localhost:1");
        Map<String, Map<String, Map<String, Object>>> users = new Yaml().load(config.usersYaml());
        assertThat(users.get("users").get("zhangsan").get("channels")).isEqualTo(List.of("alpha", "beta"));
        assertThat(users.get("users").get("zhangsan").get("keys"))
                .isEqualTo(List.of(Map.of("proxy_key", "pk_test_zhangsan", "name", "laptop")));
        Map<String, Map<String, Object>> system = new Yaml().load(config.systemYaml());
        assertThat(system.get("system"))
                .containsEntry("retry", Map.of("max_attempts", 2))
                .containsEntry("limits", Map.of("request_body", "1KiB"));
    }

    @Test
    void anEmptyConfigurationIsStillYaml() {
        Map<String, Object> users = new Yaml().load(RigConfig.empty().usersYaml());
        assertThat(users).containsEntry("users", Map.of());
    }
}
