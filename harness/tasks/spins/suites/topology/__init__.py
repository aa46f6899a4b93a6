"""The error of models trained on chains for rings, stars and trees."""
