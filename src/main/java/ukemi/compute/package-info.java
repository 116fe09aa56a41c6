/** What Ukemi needs from Nova, in its own words. */
package ukemi.compute;
