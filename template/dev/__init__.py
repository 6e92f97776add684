"""What runs on developers' machines and in tests only; never deployed."""
