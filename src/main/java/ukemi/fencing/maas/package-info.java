/** Power control over the API of MAAS. */
package ukemi.fencing.maas;
