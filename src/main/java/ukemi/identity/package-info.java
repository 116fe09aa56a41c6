/** Keystone: our own session with OpenStack, and who a caller's token belongs to. */
package ukemi.identity;
