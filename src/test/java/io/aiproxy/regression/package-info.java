/** Faults that this gateway's predecessors had and that must not come back, where no promise in behaviour covers them. */
package io.aiproxy.regression;
