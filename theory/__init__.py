"""Mathematics of the modality gap: arrays in, arrays out; no training, no files, no plots."""
