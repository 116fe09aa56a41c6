/**
 * Sets the process engine up: its tables, its users and groups, the checks and the deployment of
 * its models; and what it remembers.
 */
package ukemi.engine;
