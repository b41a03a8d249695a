package io.aiproxy.dialects;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SessionKeysTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "prompt_cache_key | {'prompt_cache_key':'abc','model':'m'} | abc",
                "prompt_cache_key | {'x':{'prompt_cache_key':'no'},'prompt_cache_key':'abc'} | abc",
                "metadata.user_id | {'metadata':{'user_id':'u1'}} | u1",
                "metadata.user_id | {'metadata':{'a':{'user_id':'no'},'user_id':7}} | 7",
                "a.b.c | {'a':{'b':{'c':'deep'}}} | deep",
                "a.b | {'a.b':'dotted'} | dotted",
                "first second | {'second':'2','first':'1'} | 1",
                "first second | {'second':'2','first':''} | 2",
                "first second | {'second':'2','first':{'x':1}} | 2",
                "k | {'k':'一二'} | 一二",
                "k | {'k':'one','k':'two'} | two",
                "k | {'k':null} | ''",
                "k | {'k':['x']} | ''",
                "k | {'other':1} | ''",
                "k | {'k':'cut | ''",
                "k | {'messages':[{'k':'no'}],'k':'yes'} | yes",
                "k | ['k','x'] | ''",
                "k | k=x | ''",
            })
    void readsTheFirstFieldThatHasAValue(String fields, String body, String expected) {
        List<String> wanted = Arrays.asList(fields.split(" "));
        String json = body.replace('\'', '"');
        assertThat(SessionKeys.read(Heads.body(json), wanted)).isEqualTo(expected);
        assertThat(SessionKeys.read(Heads.cut(json, 3), wanted)).isEqualTo(expected);
    }

    @Test
    void leavesLongBodiesAlone() {
        String json = "{\"k\":\"v\",\"x\":\"" + "a".repeat((int) RequestFacts.CHEAP_BYTES) + "\"}";
        assertThat(SessionKeys.read(Heads.body(json), List.of("k"))).isEmpty();
        assertThat(SessionKeys.read(Heads.body("{\"k\":\"v\"}"), List.of())).isEmpty();
    }
}
