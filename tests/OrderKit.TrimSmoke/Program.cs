// Published trimmed and run by test.sh: what the trimmer takes away by mistake is missed here, not at a user's.
Console.WriteLine("The trimmed program runs.");
