/** Starts the program and says which setting is wrong when it can't. */
package ukemi;
