"""What the machine may do: the one gate through which it acts."""
