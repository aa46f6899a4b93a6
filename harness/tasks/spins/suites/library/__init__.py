"""Real molecules: is the subject ever wrong without saying so?"""
