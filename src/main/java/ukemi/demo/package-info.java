/**
 * The demo: Ukemi in front of a simulated cloud, a host that dies, and what the terminal shows of
 * its recovery. All of it is there with the Spring profile "demo" alone, and it speaks to Ukemi as
 * monitors and operators do, over HTTP.
 */
package ukemi.demo;
