/** A single failed guest: whether it is restarted where it is or moved, and what became of it. */
package ukemi.restart;
