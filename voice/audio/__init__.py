"""Sound as numbers: G.711, resampling, tones, loudness and WAV files. Pure, with numpy."""
