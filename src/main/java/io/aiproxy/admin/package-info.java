/** What administrators may do, as an API: who they are, the resources, and the log of it all. */
@NullMarked
package io.aiproxy.admin;

import org.jspecify.annotations.NullMarked;
