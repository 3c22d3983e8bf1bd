"""Any log: how bad a line sounds, whole stack traces, and the pass over a file that finds both."""
