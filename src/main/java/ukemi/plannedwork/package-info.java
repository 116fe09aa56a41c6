/**
 * Work that somebody has announced on a host, a segment or the whole cloud: failures inside it are
 * noted and not recovered; what is left at its end is shown to a person.
 */
package ukemi.plannedwork;
