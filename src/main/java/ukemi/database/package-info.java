/** Where everything is kept: the embedded PostgreSQL, the cluster's lock and its clock. */
package ukemi.database;
