"""Small classifiers: fitted in a command or a worker, saved as arrays, multiplied anywhere."""
