/**
 * Which guests of a dead host are evacuated, in which order, how many at once, and what became of
 * each.
 */
package ukemi.evacuation;
