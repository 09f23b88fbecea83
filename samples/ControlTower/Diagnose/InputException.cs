namespace ControlTower.Diagnose;

/// <summary>The exception for a folder that cannot be read. Its message is for the user.</summary>
internal sealed class InputException(string message, Exception? inner = null) : Exception(message, inner);
