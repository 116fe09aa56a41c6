/**
 * The way back: a repaired host returns to service, and the reserve that stood in for it is a
 * reserve again (charmed-stack.md, section 5).
 */
package ukemi.hostreturn;
