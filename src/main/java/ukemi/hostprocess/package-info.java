/**
 * A failed process of a host: its nova-compute is disabled until the process is back. Nothing here
 * starts a daemon; the process monitor on the host does that.
 */
package ukemi.hostprocess;
