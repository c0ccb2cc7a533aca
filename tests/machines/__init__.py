"""Several machines: two sites that follow, one process that reads the sheet, an S3 store, nginx before them. All on loopback."""
