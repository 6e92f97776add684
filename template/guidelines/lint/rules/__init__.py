"""One rule per file: what it finds, why that is wrong, what is right, with a bad and a good module that tests run."""
