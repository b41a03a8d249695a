/** Archives of a gateway's configuration: made, read and put back. All of it blocks. */
@NullMarked
package io.aiproxy.app.backup;

import org.jspecify.annotations.NullMarked;
