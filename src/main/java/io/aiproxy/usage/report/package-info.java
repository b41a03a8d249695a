/** Reports of the books: tables for programs and for spreadsheets, pages for people. All of it blocks. */
@NullMarked
package io.aiproxy.usage.report;

import org.jspecify.annotations.NullMarked;
