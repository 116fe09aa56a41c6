/** Proof that a host is off: rules, storage, readings and evidence. */
package ukemi.fencing;
