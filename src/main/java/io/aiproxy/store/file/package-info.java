/**
 * The store that is the YAML files themselves: they stay what people edit, comments and all, and changes through the gateway
 * go into them in place. Versions and the audit log are files in the data directory.
 */
@NullMarked
package io.aiproxy.store.file;

import org.jspecify.annotations.NullMarked;
