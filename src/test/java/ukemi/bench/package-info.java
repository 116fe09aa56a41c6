/** Programs that measure and print their own comparison; README says how to start them. */
package ukemi.bench;
