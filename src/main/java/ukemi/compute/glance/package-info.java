/** Images as Glance's API gives them. */
package ukemi.compute.glance;
