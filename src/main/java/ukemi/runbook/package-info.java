/**
 * The Java behind the drawings: one small class a service task, and what wakes waiting processes.
 */
package ukemi.runbook;
