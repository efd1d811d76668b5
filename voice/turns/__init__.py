"""Whose turn it is on the phone: pure, in virtual time. `machine.Turns` takes facts and answers with actions."""
