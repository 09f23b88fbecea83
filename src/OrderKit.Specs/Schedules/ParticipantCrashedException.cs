namespace OrderKit.Specs;

/// <summary>The exception that ends a crashed participant. Nothing after it is executed.</summary>
internal sealed class ParticipantCrashedException() : Exception("The participant crashed.");
