/**
 * Failover segments and their hosts: what an operator registers, and who has a host on maintenance.
 */
package ukemi.segment;
