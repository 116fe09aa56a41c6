/** What people see in their browsers: the real Tasklist and Cockpit in the real Chromium. */
package ukemi.browser;
