/**
 * A simulated cloud (Keystone, Nova, MAAS over real HTTP) for the demo and the tests, which keeps
 * what is true apart from what it answers.
 */
package ukemi.simulator;
