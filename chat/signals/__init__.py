"""What a message tells besides its question: mood, emotion, dissatisfaction, an attack on the assistant."""
