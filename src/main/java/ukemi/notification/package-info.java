/** Notifications of failures: intake, duplicates, life cycle, and the recovery runs they open. */
package ukemi.notification;
