/**
 * The moments around a change of the outside world at which a crash matters, by name, so that tests
 * can stop the program at each.
 */
package ukemi.fault;
