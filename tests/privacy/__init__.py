"""What is private stays in the sheet; what is withdrawn is nowhere."""
