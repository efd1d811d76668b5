"""Whether somebody speaks: `silero.SileroVad`, or `energy.EnergyVad` where nothing is installed for it."""
