/**
 * One class per promise that the gateway makes, tried over real sockets: a raw client on one side, a scripted upstream on
 * the other. Nothing here sleeps: gates decide about order, conditions about time.
 */
package io.aiproxy.behaviour;
