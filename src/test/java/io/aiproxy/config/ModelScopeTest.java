package io.aiproxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ModelScopeTest {
    private static final ModelScope GPT = ModelScope.ANY.within(List.of("gpt-*"));
    private static final ModelScope QWEN = ModelScope.ANY.within(List.of("qwen-plus", "qwen-turbo"));

    @Test
    void everyLevelMustAllowAModel() {
        ModelScope scope = GPT.within(List.of("gpt-5*", "qwen-plus"));
        assertThat(scope.allows("gpt-5.1")).isTrue();
        assertThat(scope.allows("gpt-4o")).isFalse();
        assertThat(scope.allows("qwen-plus")).isFalse();
        assertThat(scope.allows("")).isTrue();
        assertThat(scope).hasToString("gpt-*; gpt-5*, qwen-plus");
    }

    @Test
    void aLevelThatSaysNothingNarrowsNothing() {
        assertThat(GPT.within(List.of())).isEqualTo(GPT);
        assertThat(ModelScope.ANY.restricts()).isFalse();
        assertThat(ModelScope.ANY.allows("anything")).isTrue();
        assertThat(GPT.restricts()).isTrue();
    }

    @Test
    void oneOfSeveralIsEnough() {
        ModelScope narrow = GPT.within(List.of("*-mini"));
        ModelScope scope = ModelScope.anyOf(List.of(narrow, QWEN)).within(List.of("*5*", "qwen-turbo"));
        assertThat(scope.allows("gpt-5-mini")).isTrue();
        assertThat(scope.allows("qwen-turbo")).isTrue();
        assertThat(scope.allows("gpt-5.1")).isFalse();
        assertThat(scope.allows("gpt-4o-mini")).isFalse();
        assertThat(scope.allows("qwen-plus")).isFalse();
        assertThat(scope).hasToString("(gpt-*; *-mini) or (qwen-plus, qwen-turbo); *5*, qwen-turbo");
    }

    @Test
    void listsOfNamesBecomeOneList() {
        ModelScope scope = ModelScope.anyOf(List.of(GPT, QWEN, GPT));
        assertThat(scope).isEqualTo(ModelScope.ANY.within(List.of("gpt-*", "qwen-plus", "qwen-turbo")));
    }

    @Test
    void whoeverMayAnythingInOnePlaceMayAnything() {
        assertThat(ModelScope.anyOf(List.of(GPT, ModelScope.ANY))).isEqualTo(ModelScope.ANY);
        assertThat(ModelScope.anyOf(List.of())).isEqualTo(ModelScope.ANY);
        assertThat(ModelScope.anyOf(List.of(GPT))).isSameAs(GPT);
    }
}
