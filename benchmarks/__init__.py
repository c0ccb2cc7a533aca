"""What is claimed of speed, measured on this machine."""
