/** Statistics and usage as the admin API answers them. */
package io.aiproxy.app.statistics;
