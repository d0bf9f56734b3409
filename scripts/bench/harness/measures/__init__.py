"""One file for each section; each has `measure(bench)`, which returns lines and CPU splits."""
