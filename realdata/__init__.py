"""Real CLIP training: data sets, towers, training, evaluation."""
