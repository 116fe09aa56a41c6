/** What is in the folder docker/ fits the program. */
package ukemi.docker;
