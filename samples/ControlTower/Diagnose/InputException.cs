namespace ControlTower.Diagnose;

/// <summary>The folder cannot be read as a whole; the message is for the person who named it.</summary>
internal sealed class InputException(string message, Exception? inner = null) : Exception(message, inner);
