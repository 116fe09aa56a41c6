/** Nova behind {@link ukemi.compute.Compute}, over openstack4j's session and our own calls. */
package ukemi.compute.nova;
