package io.aiproxy.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.GeneralCodingRules;
import io.aiproxy.AiProxy;
import java.util.Arrays;
import java.util.stream.Stream;

/** Who may know whom; docs/architecture.md tells why. Packages that are still empty are allowed. */
@AnalyzeClasses(packagesOf = AiProxy.class, importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String[] SLICES = {
        "access", "channels", "credentials", "dialects", "limits", "usage", "alerts", "admin"
    };

    @ArchTest
    static final ArchRule core_knows_nobody = knowsOnly("core");

    @ArchTest
    static final ArchRule config_knows_core = knowsOnly("config", "core");

    @ArchTest
    static final ArchRule telemetry_knows_core_and_config = knowsOnly("telemetry", "core", "config");

    @ArchTest
    static final ArchRule sql_knows_core = knowsOnly("sql", "core");

    @ArchTest
    static final ArchRule store_knows_core_config_and_sql = knowsOnly("store", "core", "config", "sql");

    @ArchTest
    static final ArchRule imports_knows_core_and_config = knowsOnly("imports", "core", "config");

    @ArchTest
    static final ArchRule nobody_but_the_command_line_knows_imports = noClasses()
            .that()
            .resideOutsideOfPackages(packages("imports", "cli"))
            .should()
            .dependOnClassesThat(resideInAnyPackage(packages("imports")))
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule wire_knows_core = knowsOnly("wire", "core");

    @ArchTest
    static final ArchRule access_is_a_slice = slice("access");

    @ArchTest
    static final ArchRule channels_is_a_slice = slice("channels");

    @ArchTest
    static final ArchRule credentials_is_a_slice = slice("credentials");

    @ArchTest
    static final ArchRule dialects_is_a_slice = slice("dialects");

    @ArchTest
    static final ArchRule limits_is_a_slice = slice("limits");

    @ArchTest
    static final ArchRule usage_is_a_slice_that_knows_sql = knowsOnly("usage", "core", "config", "telemetry", "sql");

    @ArchTest
    static final ArchRule alerts_is_a_slice = slice("alerts");

    @ArchTest
    static final ArchRule admin_is_a_slice_that_knows_the_store =
            knowsOnly("admin", "core", "config", "telemetry", "store");

    @ArchTest
    static final ArchRule edge_knows_all_but_the_ends =
            knowsOnly("edge", with(SLICES, "core", "config", "telemetry", "wire"));

    @ArchTest
    static final ArchRule every_package_is_one_of_these = classes()
            .should()
            .resideInAnyPackage(packages(with(
                    SLICES, "core", "config", "telemetry", "store", "sql", "wire", "edge", "imports", "app", "cli")))
            .orShould()
            .be(AiProxy.class)
            .orShould()
            .haveFullyQualifiedName("io.aiproxy.package-info")
            .because("a new package needs a rule of its own here");

    @ArchTest
    static final ArchRule nobody_knows_the_composition_root = noClasses()
            .that()
            .resideOutsideOfPackages(packages("app", "cli"))
            .and()
            .doNotBelongToAnyOf(AiProxy.class)
            .should()
            .dependOnClassesThat(resideInAnyPackage(packages("app", "cli")))
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule camel_stays_in_edge_and_app = noClasses()
            .that()
            .resideOutsideOfPackages(packages("edge", "app"))
            .should()
            .dependOnClassesThat(resideInAPackage("org.apache.camel.."))
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule netty_stays_in_wire_and_edge = noClasses()
            .that()
            .resideOutsideOfPackages(packages("wire", "edge"))
            .should()
            .dependOnClassesThat(resideInAPackage("io.netty.."))
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule no_cycles =
            slices().matching("io.aiproxy.(*)..").should().beFreeOfCycles().allowEmptyShould(true);

    @ArchTest
    static final ArchRule logs_go_through_slf4j = noClasses()
            .should()
            .dependOnClassesThat(resideInAPackage("java.util.logging.."))
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule only_the_command_line_prints = noClasses()
            .that()
            .resideOutsideOfPackage("io.aiproxy.cli..")
            .should(GeneralCodingRules.ACCESS_STANDARD_STREAMS)
            .allowEmptyShould(true);

    private static ArchRule slice(String name) {
        return knowsOnly(name, "core", "config", "telemetry");
    }

    /** Of our own packages, {@code name} uses only itself and these. */
    private static ArchRule knowsOnly(String name, String... others) {
        DescribedPredicate<JavaClass> foreign = resideInAPackage("io.aiproxy..")
                .and(DescribedPredicate.not(resideInAnyPackage(packages(with(others, name)))));
        return noClasses()
                .that()
                .resideInAPackage("io.aiproxy." + name + "..")
                .should()
                .dependOnClassesThat(foreign)
                .allowEmptyShould(true)
                .because(name + " knows only " + (others.length == 0 ? "itself" : String.join(", ", others)));
    }

    private static String[] with(String[] some, String... more) {
        return Stream.concat(Arrays.stream(some), Arrays.stream(more)).toArray(String[]::new);
    }

    private static String[] packages(String... names) {
        return Arrays.stream(names).map(name -> "io.aiproxy." + name + "..").toArray(String[]::new);
    }
}
