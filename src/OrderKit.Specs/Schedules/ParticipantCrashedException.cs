namespace OrderKit.Specs;

/// <summary>The participant is gone: nothing that it would do from here on happens.</summary>
internal sealed class ParticipantCrashedException() : Exception("The participant crashed.");
