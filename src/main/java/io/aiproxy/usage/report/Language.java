package io.aiproxy.usage.report;

import java.util.Locale;
import java.util.Optional;

/** What a report's words are written in. */
public enum Language {
    ENGLISH("en"),
    CHINESE("zh");

    private final String code;

    Language(String code) {
        this.code = code;
    }

    /** The word for it in settings and parameters. */
    public String code() {
        return code;
    }

    /** The language that {@code code} stands for, alone or with a country: {@code en}, {@code zh}, {@code zh-CN}. */
    public static Optional<Language> of(String code) {
        String asked = code.toLowerCase(Locale.ROOT);
        for (Language language : values()) {
            if (asked.equals(language.code) || asked.startsWith(language.code + "-")) {
                return Optional.of(language);
            }
        }
        return Optional.empty();
    }
}
