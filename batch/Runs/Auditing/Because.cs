namespace MyNumber.Batch.Runs.Auditing;

/// <summary>Who acts, and why: every act of an operator is written into the audit table in its own transaction.</summary>
/// <param name="By">The signed-in person.</param>
/// <param name="Reason">As the person gave it.</param>
public sealed record Because(string By, string Reason);

/// <summary>An operator asked for what cannot be done; the message says why and names no person.</summary>
public sealed class OperatorRefusedException(string message) : Exception(message);
