namespace OrderKit.Messaging;

/// <summary>What a redrive did.</summary>
/// <param name="Matched">Letters that the query found, up to the limit.</param>
/// <param name="Redriven">Letters that are on their way again.</param>
/// <param name="Refused">Letters that are not: closed by somebody else meanwhile, or known to the inbox as pending or done.</param>
public readonly record struct RedriveReport(int Matched, int Redriven, int Refused);
