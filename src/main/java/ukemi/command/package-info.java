/**
 * Commands that do one thing and end: {@code java -jar ukemi.jar <command>}. They run without the
 * engine, the watchers and the web server.
 */
package ukemi.command;
