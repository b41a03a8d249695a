package io.aiproxy.admin;

import io.aiproxy.config.AdminTokenConfig;
import io.aiproxy.config.KeyConfig;
import io.aiproxy.config.UserConfig;
import io.aiproxy.store.Author;
import java.net.InetAddress;
import java.util.Optional;

/**
 * Who asks.
 *
 * @param name the id of the admin token; {@code user:} and the id for a user; {@code anonymous} for nobody
 * @param role what may be done
 * @param client from where
 * @param self the user and key, where a proxy key was presented
 */
record Who(String name, Role role, InetAddress client, Optional<Self> self) {

    /** What somebody may do. */
    enum Role {
        NOBODY,
        SELF,
        VIEWER,
        OPERATOR,
        ADMIN;

        static Role of(AdminTokenConfig.Role role) {
            return switch (role) {
                case ADMIN -> ADMIN;
                case OPERATOR -> OPERATOR;
                case VIEWER -> VIEWER;
            };
        }
    }

    /** A user with the key that was presented. */
    record Self(UserConfig user, KeyConfig key) {}

    static Who nobody(InetAddress client) {
        return new Who("anonymous", Role.NOBODY, client, Optional.empty());
    }

    boolean isAdmin() {
        return role == Role.ADMIN;
    }

    Author author() {
        return new Author(name, client.getHostAddress());
    }
}
