"""What may befall the process and its disk. `python -m tests.faults --kills 200` kills it that many times and checks after each."""
