"""One module for each third-party tool whose interface moves: one break is one file to mend."""
