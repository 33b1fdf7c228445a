"""Hyperspheres under cone and subspace constraints: constraints, the simulator, experiments."""
